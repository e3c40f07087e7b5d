import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Run, Target } from '../targets/target.ts';
import { makeCounterexample } from './make-counterexample.ts';
import { minimize } from './minimize.ts';
import { Examiner, fingerprintOfExamined } from '../examine/examiner.ts';
import type { Counterexample } from './finding.ts';
import { Flickering } from '../run/flickering.fixture.ts';
import { mutationOf, withBugs } from '../run/two-bugs.fixture.ts';
import { run } from '../run/run.ts';
import { deviceStore, fork, map, pin, protect, store, toDevice } from '../../spec/vocabulary/shorthand.ts';
import { shrink } from './shrink.ts';

const mutant = mutantById('fork-keeps-parent-write');
if (mutant === undefined) throw new Error('The mutant is gone.');

/** A fork of a page on the device, with steps before and behind it that nothing depends on. */
const CASE: Case = {
  profile: 'origin',
  scope: { processes: 2, pages: 2, frames: 2, slots: 1 },
  observe: 'inspect',
  commands: [
    { op: 'map', process: 0, page: 1, kind: 'private', protection: 'write' },
    { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
    { op: 'store', process: 0, page: 1, value: 5 },
    { op: 'store', process: 0, page: 0, value: 6 },
    { op: 'migrate-to-device', process: 0, page: 0, count: 1 },
    { op: 'fork', process: 0, child: 1 },
    { op: 'load', process: 0, page: 1 },
    { op: 'inspect' },
    { op: 'exit', process: 1 },
  ],
};

/** The counterexample that is made of the case, which is asked for until it fails. */
async function made(target: Target): Promise<Counterexample | undefined> {
  const examiner = new Examiner(target, 'origin');
  let first = await examiner.examine(CASE);
  while (first.kind !== 'judged' || first.verdict.kind !== 'violates') first = await examiner.examine(CASE);
  return makeCounterexample(target, CASE, first, {
    asks: 20_000,
    milliseconds: 20_000,
    signal: undefined,
    onAsk: undefined,
  });
}

const opsOf = (counterexample: Counterexample | undefined): readonly string[] | undefined =>
  counterexample?.case.commands.map(({ op }) => op);

const FORKED = ['map', 'migrate-to-device', 'fork'];

test('a failure that occurs every time is confirmed and shrunk', async () => {
  const target = new Flickering(mutant, () => true);
  const counterexample = await made(target);
  expect(opsOf(counterexample)).toEqual(FORKED);
  expect(counterexample).toMatchObject({
    certificate: '2-minimal',
    // It was in a wider world for a while, and came back from there without being asked for again.
    case: { scope: { processes: 2, pages: 1, frames: 1, slots: 0 } },
  });
  expect(counterexample?.flaky).toBeUndefined();
});

describe('a flaky failure', () => {
  test.each([
    ['every second time', (nth: number) => nth % 2 === 0, /^1[01]$/],
    ['every third time', (nth: number) => nth % 3 === 0, /^[78]$/],
    ['in a pattern that takes a re-run in', (nth: number) => nth % 7 < 2, /^[4-7]$/],
  ])('that occurs %s is measured, shrunk and reported with its rate', async (_, shows, failed) => {
    const counterexample = await made(new Flickering(mutant, shows));
    expect(opsOf(counterexample)).toEqual(FORKED);
    expect(counterexample).toMatchObject({
      certificate: 'reduced',
      violation: { requirement: 'fork.read-both' },
      flaky: { of: 21 },
    });
    expect(String(counterexample?.flaky?.failed)).toMatch(failed);
    expect(counterexample?.flaky?.differed).toEqual({
      step: 2,
      fields: [
        {
          field: 'state',
          failing: 'process 0 page 0: WRITE entry for frame 0',
          passing: 'process 0 page 0: READ entry for frame 0',
        },
      ],
    });
  });

  test('is recognised even if it first passes during shrinking', async () => {
    const counterexample = await made(new Flickering(mutant, (nth) => nth < 5 || nth % 3 === 0));
    expect(opsOf(counterexample)).toEqual(FORKED);
    expect(counterexample?.flaky).toMatchObject({ of: 21 });
  });

  test('is returned unshrunk if it occurred only once', async () => {
    const target = new Flickering(mutant, (nth) => nth === 0);
    const counterexample = await made(target);
    expect(counterexample).toMatchObject({ case: CASE, certificate: 'found', flaky: { failed: 1, of: 22 } });
    expect(counterexample?.flaky?.differed).toMatchObject({ step: 7 });
    expect(target.asked).toBe(22);
  });
});

/** The state that a failing case leaves in a target, which lasts until it is restarted. */
type Left = 'hides the bug' | 'hides it in shorter cases' | 'breaks every case';

/** A target in which a failure leaves state. */
class LeavingState implements Target {
  readonly #wrong: Target;
  readonly #other = new EmbeddedTarget({ mutation: mutationOf('taken-frame-gets-a-second-reference') });
  readonly #right = new EmbeddedTarget();
  readonly hello = this.#right.hello;
  readonly #left: Left | undefined;
  /** Number of cases after which the bug is hidden in any case. */
  readonly #room: number;
  #isChanged = false;
  #sinceStart = 0;
  starts = 1;
  asked = 0;

  constructor(left: Left | undefined, { room = Infinity, bugs = ['fork-keeps-parent-write'] } = {}) {
    this.#left = left;
    this.#room = room;
    this.#wrong = withBugs(...bugs.map(mutationOf));
  }

  async run(testCase: Case): Promise<Run> {
    this.asked++;
    const ran = await this.#kernelFor(testCase).run(testCase);
    this.#isChanged ||= !isDeepStrictEqual(ran, await this.#right.run(testCase));
    return ran;
  }

  #kernelFor({ commands }: Case): Target {
    if (this.#sinceStart++ >= this.#room) return this.#right;
    if (!this.#isChanged) return this.#wrong;
    switch (this.#left) {
      case 'hides the bug':
        return this.#right;
      case 'hides it in shorter cases':
        return commands.length < CASE.commands.length - 1 ? this.#right : this.#wrong;
      case 'breaks every case':
        return this.#other;
      case undefined:
        return this.#wrong;
    }
  }

  async restart(): Promise<void> {
    this.#isChanged = false;
    this.#sinceStart = 0;
    this.starts++;
  }

  async close(): Promise<void> {
    // This target runs in the process of the test and has nothing to stop.
  }
}

describe('a failure that leaves state in the target', () => {
  test.each<Left>(['hides the bug', 'hides it in shorter cases', 'breaks every case'])(
    'which %s, is shrunk on restarted targets',
    async (left) => {
      const target = new LeavingState(left);
      const counterexample = await made(target);
      expect(opsOf(counterexample)).toEqual(FORKED);
      expect(counterexample).toMatchObject({
        certificate: '2-minimal',
        violation: { requirement: 'fork.read-both' },
      });
      expect(counterexample?.flaky).toBeUndefined();
      // Candidates that pass need no restart.
      expect(target.starts).toBeLessThan(target.asked / 2);
    },
  );

  test('is shrunk with a restart for each candidate if cases that pass leave state, too', async () => {
    const target = new LeavingState('hides the bug', { room: 3 });
    const counterexample = await made(target);
    expect(opsOf(counterexample)).toEqual(FORKED);
    expect(counterexample).toMatchObject({ certificate: '2-minimal' });
  });

  test('does not make a search for a shorter case wrong', async () => {
    // The second bug shows in cases of two steps.
    const bugs = ['device-store-through-read', 'device-store-fails-at-holes'];
    const target = new LeavingState('breaks every case', { bugs });
    const commands = [map(0, 0, 'read'), toDevice(0, 0), protect(0, 0, 'write'), deviceStore(0, 0, 1)];
    const minimized = await minimize({
      target,
      case: { ...CASE, observe: 'every-step', commands },
      from: undefined,
      certify: true,
      allCommands: false,
      budget: 60_000,
      signal: undefined,
      onProgress: undefined,
    });
    expect(opsOf(minimized?.counterexample)).toEqual(commands.map(({ op }) => op));
    expect(minimized?.counterexample.certificate).toBe('shortest');
    // The search restarts the target after each case that fails otherwise.
    expect(target.starts).toBeGreaterThan(100);
  });

  test('is not assumed of a target that leaves none, which is restarted three times', async () => {
    const target = new LeavingState(undefined);
    const counterexample = await made(target);
    expect(opsOf(counterexample)).toEqual(FORKED);
    // To confirm the failure, to confirm the shrunk one, and to confirm that it is minimal.
    expect(target.starts - 1).toBe(3);
  });
});

const runOf = (target: Target) =>
  run({ target, targetSpec: 'flickering', profiles: ['origin'], seed: 2, budget: { runs: 60 }, focus: [] });

describe('in a run', () => {
  test('a failure seen once is inconclusive, and reported with its observations', async () => {
    // The bug shows in the first case that the run finds broken by its rule where it is always there, and never again.
    const always = await runOf(new EmbeddedTarget({ mutation: mutant.mutation }));
    const first = always.profiles[0]?.findings.find(({ fingerprint }) =>
      fingerprint.startsWith('fork.read-both'),
    );
    const target = new Flickering(mutant, (nth) => nth === first?.index);
    const { verdict, profiles } = await runOf(target);
    expect(profiles[0]).toMatchObject({ findings: [], inconclusive: 1 });
    expect(profiles[0]?.inconclusiveReason).toMatch(
      /^case \d+ violated fork\.read-both at step \d+ \(entries\) once in \d+ runs of the same steps: expected .*READ entry.*; observed .*WRITE entry/,
    );
    expect(verdict).toBe('inconclusive');
  });

  test('a flaky failure is a finding', async () => {
    const { verdict, profiles } = await runOf(new Flickering(mutant, (nth) => nth % 3 === 1));
    expect(profiles[0]?.findings[0]).toMatchObject({
      counterexample: { violation: { requirement: 'fork.read-both' }, flaky: { of: 21 } },
    });
    expect(verdict).toBe('violates');
  });
});

const plantedBug = mutantById('device-store-through-read');
if (plantedBug === undefined) throw new Error('the plantedBug of this test is gone');
const target = new EmbeddedTarget({ mutation: plantedBug.mutation });
const examiner = new Examiner(target, 'origin');

const shared: Case = {
  profile: 'origin',
  scope: { processes: 2, pages: 1, frames: 1, slots: 1 },
  observe: 'every-step',
  commands: [map(0, 0), store(0, 0, 1), fork(0, 1), pin(0, 0), toDevice(1, 0), deviceStore(1, 0, 1)],
};
const budget = { milliseconds: 60_000, signal: undefined, onAsk: undefined };

test('a search finds a shorter case than the passes', async () => {
  const examined = await examiner.examine(shared);
  const fingerprint = fingerprintOfExamined(examined);
  const passes = await shrink(shared, { most: 1000, step: 5 }, async (smaller) =>
    fingerprintOfExamined(await examiner.examine(smaller)) === fingerprint
      ? smaller.commands.length - 1
      : undefined,
  );
  expect(passes.case.commands).toHaveLength(6);
  const found = await makeCounterexample(target, shared, examined, { ...budget, asks: 100_000 });
  expect(found?.case.commands.map(({ op }) => op)).toEqual([
    'map',
    'migrate-to-device',
    'protect',
    'device-store',
  ]);
  // All that was tried counts.
  expect(found?.asked).toBeGreaterThan(500);
});

test('a search keeps to the limit of candidates', async () => {
  const examined = await examiner.examine(shared);
  const found = await makeCounterexample(target, shared, examined, { ...budget, asks: 400 });
  expect(found?.case.commands).toHaveLength(6);
  expect(found?.asked).toBeLessThan(440);
});
