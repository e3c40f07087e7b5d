import { describe, expect, test } from 'vitest';
import { Flickering } from '../run/flickering.fixture.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { SAMPLE_COUNTEREXAMPLE, SAMPLE_HELLO, sampleFinding } from '../report/sample-outcome.fixture.ts';
import { type CaseFile, caseFileOf } from './case-file.ts';
import { replayFile } from './replay-file.ts';

const mutant = mutantById('fork-keeps-parent-write');
if (mutant === undefined) throw new Error('The mutant is gone.');

/** It failed once in 22 runs. */
const RARE: CaseFile = {
  ...caseFileOf(sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined), {
    hello: SAMPLE_HELLO,
    targetSpec: 'flickering',
    seed: 1,
  }),
  requirement: 'fork.read-both',
  op: 'fork',
  case: {
    profile: 'origin',
    scope: { processes: 2, pages: 1, frames: 1, slots: 0 },
    observe: 'every-step',
    commands: [
      { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
      { op: 'migrate-to-device', process: 0, page: 0, count: 1 },
      { op: 'fork', process: 0, child: 1 },
    ],
  },
  flaky: { failed: 1, of: 22 },
};
const { flaky: _, ...STEADY } = RARE;
const goesOn = (): boolean => false;

describe('a flaky failure', () => {
  test('is not fixed after too few passing runs, and keeps its rate', async () => {
    const target = new Flickering(mutant, (nth) => nth === 60);
    const { counterexample, status } = await replayFile(target, 'flickering', RARE, goesOn);
    expect(status).toBe('still-fails');
    expect(counterexample?.flaky).toEqual({ failed: 1, of: 22, differed: undefined });
  });

  test('is fixed after as many runs as its rate requires, which are reported', async () => {
    const target = new Flickering(mutant, () => false);
    expect(await replayFile(target, 'flickering', RARE, goesOn)).toMatchObject({
      status: 'fixed',
      reason: 'it failed in 1 of 22 runs, and conformed in 65 now',
    });
    expect(target.asked).toBe(65);
  });

  test('is not reported as fixed if the run is stopped before', async () => {
    const target = new Flickering(mutant, () => false);
    expect(await replayFile(target, 'flickering', RARE, () => target.asked > 10)).toMatchObject({
      status: 'not-reached',
    });
  });
});

test('a reproducible failure is fixed after a few passing runs', async () => {
  const target = new Flickering(mutant, () => false);
  const replayed = await replayFile(target, 'flickering', STEADY, goesOn);
  expect(replayed).toMatchObject({ status: 'fixed', reason: undefined });
  expect(target.asked).toBe(3);
});
