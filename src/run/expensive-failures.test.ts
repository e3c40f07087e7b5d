import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { batchOf } from '../targets/stdio-batch.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import {
  fork,
  inspect,
  load,
  map,
  onDevice,
  store,
  toDevice,
  toSystem,
} from '../../spec/vocabulary/shorthand.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { FailureKind, Run, Target } from '../targets/target.ts';
import { minimize } from '../shrink/minimize.ts';
import { run } from './run.ts';
import type { RunOptions } from './run-options.ts';

// Expensive crashes and hangs: the time that a run spends on them, and the step that is reported for them.

interface Flaw {
  readonly kind: FailureKind;
  /** Whether a command crashes or hangs the target. */
  readonly at: (command: Command) => boolean;
  /** Duration of a start in milliseconds, by the number of the start. */
  readonly start?: (nth: number) => number;
  /** Whether the target reports the failing step. */
  readonly reports?: boolean;
}

/** The embedded kernel as a remote target: it must be started, and certain commands crash or hang it. */
class Elsewhere implements Target {
  readonly #kernel = new EmbeddedTarget();
  readonly hello = this.#kernel.hello;
  readonly #flaw: Flaw;
  #isUp = false;
  #isInterrupted = false;
  starts = 0;
  asked: Case[] = [];
  onRun: (() => void) | undefined;

  constructor(flaw: Flaw) {
    this.#flaw = flaw;
  }

  async run(testCase: Case): Promise<Run> {
    this.asked.push(testCase);
    this.onRun?.();
    if (this.#isInterrupted) return failure('refused', undefined);
    if (!this.#isUp) await pause(this.#flaw.start?.(this.starts++) ?? 0);
    this.#isUp = true;
    const { commands, steps } = batchOf(testCase, this.hello.capabilities);
    const at = commands.findIndex(this.#flaw.at);
    if (at < 0) return this.#kernel.run(testCase);
    this.#isUp = false;
    return failure(this.#flaw.kind, this.#flaw.reports === true ? steps[at] : undefined);
  }

  async restart(): Promise<void> {
    this.#isUp = false;
  }

  interrupt(): void {
    this.#isInterrupted = true;
  }

  async close(): Promise<void> {
    // The embedded kernel has no process to stop.
  }
}

const failure = (kind: FailureKind, step: number | undefined): Run => ({
  kind: 'failure',
  failure: { kind, message: kind, step, stderr: '' },
});

const USUAL = { targetSpec: 'elsewhere', profiles: ['origin'], seed: 1, focus: [] } as const;
const runOn = (target: Target, options: Partial<RunOptions>): ReturnType<typeof run> =>
  run({ ...USUAL, target, budget: { runs: 60 }, ...options });

const dies = ({ op }: Command): boolean => op === 'fork';

test('an expensive failure is set aside, and the run continues', async () => {
  // The share of one failure is half a second, which is enough to run it a second time.
  const target = new Elsewhere({ kind: 'crash', at: dies, start: (nth) => (nth < 8 ? 300 : 0) });
  const outcome = await runOn(target, { totalTimeout: 5000 });
  const [profile] = outcome.profiles;
  expect(profile?.cases).toBe(60);
  expect(profile?.findings).toHaveLength(1);
  const [finding] = profile?.findings ?? [];
  expect(finding?.counterexample).toMatchObject({
    certificate: 'found',
    violation: { requirement: 'robust.no-crash' },
  });
  // Each further failure costs one run of the case and one start only.
  expect(finding?.times).toBeGreaterThan(5);
  expect(target.asked.length).toBeLessThan(60 + 8);
});

test('a cheap failure is shrunk, even if it takes a large share of the time', async () => {
  const target = new Elsewhere({ kind: 'crash', at: dies });
  const outcome = await runOn(target, { totalTimeout: 1000 });
  const [finding] = outcome.profiles[0]?.findings ?? [];
  expect(finding?.counterexample).toMatchObject({ certificate: '2-minimal', violation: { op: 'fork' } });
  expect(outcome.profiles[0]?.findings).toHaveLength(1);
});

test('failures at two commands are two findings', async () => {
  const two = ({ op }: Command): boolean => op === 'fork' || op === 'peek';
  const target = new Elsewhere({ kind: 'crash', at: two, reports: true });
  const outcome = await runOn(target, {});
  const ops = outcome.profiles[0]?.findings.map(({ counterexample }) => counterexample.violation.op);
  expect(ops?.toSorted()).toEqual(['fork', 'peek']);
});

/** The race of two devices for one page is step 5 of nine. */
const race: Command = { op: 'race', left: toDevice(0, 0), right: onDevice(1, toDevice(0, 0)) };
const LONG: Case = {
  profile: 'linux-6.12',
  scope: { processes: 2, pages: 2, frames: 2, slots: 0, devices: 2 },
  observe: 'inspect',
  commands: [
    map(0, 0),
    store(0, 0, 7),
    inspect,
    map(0, 1),
    fork(0, 1),
    race,
    load(0, 0),
    inspect,
    toSystem(0, 0),
  ],
};

test.for([true, false])('a race that hangs is named as the step (reported: %s)', async (reports) => {
  const target = new Elsewhere({ kind: 'hang', at: ({ op }) => op === 'race', reports });
  const minimized = await minimize({
    target,
    case: LONG,
    from: undefined,
    certify: false,
    allCommands: false,
    budget: 30_000,
    signal: undefined,
    onProgress: undefined,
  });
  const counterexample = minimized?.counterexample;
  expect(counterexample?.certificate).toBe('2-minimal');
  expect(counterexample?.violation).toMatchObject({ requirement: 'robust.terminates', op: 'race' });
  expect(counterexample?.case.commands.at(-1)?.op).toBe('race');
  // Once the step is known, later commands are not sent.
  const located = target.asked.slice(reports ? 2 : 6);
  for (const { commands } of located)
    expect(commands.slice(0, -1).some(({ op }) => op === 'race')).toBe(false);
});

test.for(['confirming', 'reducing'] as const)('a run that is stopped while %s ends', async (phase) => {
  const stop = new AbortController();
  const target = new Elsewhere({ kind: 'hang', at: dies });
  let isThere = false;
  target.onRun = () => {
    if (!isThere) return;
    target.interrupt();
    stop.abort();
  };
  const outcome = await runOn(target, {
    signal: stop.signal,
    onProgress: (progress) => {
      isThere ||= progress.phase === phase;
    },
  });
  expect(outcome.interrupted).toBe(true);
  const [profile] = outcome.profiles;
  expect(profile?.protocolErrors).toEqual([]);
  const asked = target.asked.length;
  expect(asked).toBeLessThan(60);
  const certificates = profile?.findings.map(({ counterexample }) => counterexample.certificate);
  // A failure seen once is reported and does not affect the verdict.
  const seenOnce = { certificates: [], inconclusive: 1 };
  const halfShrunk = { certificates: ['interrupted'], inconclusive: 0 };
  expect({ certificates, inconclusive: profile?.inconclusive }).toEqual(
    phase === 'confirming' ? seenOnce : halfShrunk,
  );
});
