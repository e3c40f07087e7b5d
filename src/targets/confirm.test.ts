import { expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { confirmFailure, type Effort } from './confirm.ts';
import type { FailureKind, Run, Target, TargetFailure } from './target.ts';

/** Stores of 0 to 19, so that a value is the index of its command. */
const commands: Command[] = Array.from({ length: 20 }, (_, value) => ({
  op: 'store',
  process: 0,
  page: 0,
  value,
}));
const CASE: Case = {
  profile: 'origin',
  scope: { processes: 1, pages: 1, frames: 1, slots: 0 },
  observe: 'results',
  commands,
};

const failureOf = (kind: FailureKind, step?: number): TargetFailure => ({
  kind,
  message: kind,
  step,
  stderr: '',
});

/** Fails depending on the commands of the case and the number of the run, and counts the runs. */
class Failing implements Target {
  readonly hello = {
    name: 'failing',
    version: undefined,
    profiles: ['origin' as const],
    capabilities: new Set([]),
  };
  runs = 0;
  restarts = 0;
  readonly #verdict: (length: number, run: number) => TargetFailure | undefined;

  constructor(verdict: (length: number, run: number) => TargetFailure | undefined) {
    this.#verdict = verdict;
  }

  async run(testCase: Case): Promise<Run> {
    const failure = this.#verdict(testCase.commands.length, ++this.runs);
    if (failure !== undefined) return { kind: 'failure', failure };
    const { capabilities } = this.hello;
    return { kind: 'trace', trace: { case: testCase, capabilities, observations: [] } };
  }

  async restart(): Promise<void> {
    this.restarts++;
  }

  async close(): Promise<void> {
    // Nothing to end.
  }
}

test.for(commands.map((_, step) => step))('a crash at command %i is found there', async (step) => {
  const target = new Failing((length) => (length > step ? failureOf('crash') : undefined));
  const found = await confirmFailure(target, CASE, failureOf('crash'));
  expect(found).toMatchObject({ confirmed: true, step, again: { kind: 'failure' } });
  expect(target.restarts).toBe(target.runs);
  expect(target.runs).toBeLessThanOrEqual(6);
});

test('the step is that of a crash in the same function of the kernel', async () => {
  const crashIn = (name: string): TargetFailure => ({
    ...failureOf('crash'),
    message: `BUG in ${name}+0x75`,
  });
  const target = new Failing((length) => crashIn(length > 12 ? 'zap' : 'split'));
  expect(await confirmFailure(target, CASE, crashIn('zap'))).toMatchObject({ confirmed: true, step: 12 });
});

test('a failure that does not occur again is not confirmed', async () => {
  const target = new Failing(() => undefined);
  const found = await confirmFailure(target, CASE, failureOf('hang'));
  expect(found).toMatchObject({ confirmed: false, step: undefined, again: { kind: 'trace' } });
  expect(target.runs).toBe(1);
});

test('a different failure does not confirm the first', async () => {
  const found = await confirmFailure(new Failing(() => failureOf('crash')), CASE, failureOf('hang'));
  expect(found).toMatchObject({ confirmed: false, again: { failure: { kind: 'crash' } } });
});

test('a failure of another kind in between does not prevent confirmation', async () => {
  const target = new Failing((_, run) => failureOf(run === 1 ? 'start' : 'crash', 3));
  expect(await confirmFailure(target, CASE, failureOf('crash', 3))).toMatchObject({ confirmed: true });
  expect(target.runs).toBe(2);
});

test('a reported step is not searched for', async () => {
  const target = new Failing(() => failureOf('protocol', 3));
  expect(await confirmFailure(target, CASE, failureOf('protocol', 3))).toMatchObject({
    confirmed: true,
    step: 3,
  });
  expect(target.runs).toBe(1);
});

test('a step that the second failure reports is not searched for', async () => {
  const target = new Failing(() => failureOf('hang', 4));
  expect(await confirmFailure(target, CASE, failureOf('hang'))).toMatchObject({ confirmed: true, step: 4 });
  expect(target.runs).toBe(1);
});

test.for<Effort>([
  { probes: 2, milliseconds: 60_000 },
  { probes: 12, milliseconds: 0 },
])('the step stays unknown beyond the limit of effort: %j', async (effort) => {
  const target = new Failing((length) => (length > 7 ? failureOf('hang') : undefined));
  const found = await confirmFailure(target, CASE, failureOf('hang'), effort);
  expect(found).toMatchObject({ confirmed: true, step: undefined });
  expect(target.runs).toBeLessThanOrEqual(3);
});

test('a case without commands that fails has no step', async () => {
  const target = new Failing(() => failureOf('crash'));
  const found = await confirmFailure(target, { ...CASE, commands: [] }, failureOf('crash'));
  expect(found).toMatchObject({ confirmed: true, step: undefined });
});
