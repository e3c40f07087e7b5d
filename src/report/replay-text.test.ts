import { describe, expect, test } from 'vitest';
import type { ReplayOutcome } from '../run/replay.ts';
import type { FailureKind } from '../targets/target.ts';
import { caseFileOf } from '../corpus/case-file.ts';
import { golden } from './golden.fixture.ts';
import { PLAIN } from './paint.ts';
import { exitCodeOfReplay, replayText } from './replay-text.ts';
import {
  SAMPLE_CASE,
  SAMPLE_COUNTEREXAMPLE,
  SAMPLE_CRASH,
  SAMPLE_HELLO,
  SAMPLE_TRACE,
  sampleFinding,
} from './sample-outcome.fixture.ts';

const { violation } = SAMPLE_COUNTEREXAMPLE;
const FILE = caseFileOf(sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined), {
  hello: SAMPLE_HELLO,
  targetSpec: 'embedded',
  seed: 42,
});
const SAME: ReplayOutcome = {
  trace: SAMPLE_TRACE,
  verdict: { kind: 'violates', violation },
  failure: undefined,
  disagreements: [],
};
const OTHER_TRACE = {
  ...SAMPLE_TRACE,
  observations: SAMPLE_TRACE.observations.map((one, step) =>
    one !== undefined && step === 5 ? Object.assign({}, one, { result: 0 }) : one,
  ),
};
const GONE: ReplayOutcome = { ...SAME, trace: OTHER_TRACE, verdict: { kind: 'conforms' } };
const failed = (kind: FailureKind): ReplayOutcome => ({
  trace: undefined,
  verdict: { kind: 'inconclusive', step: 0, reason: 'it went wrong' },
  failure: { kind, message: 'it went wrong', step: undefined, stderr: '' },
  disagreements: [],
});

const textOf = (outcome: ReplayOutcome, recorded: typeof FILE | undefined = FILE): string =>
  replayText({ case: SAMPLE_CASE, outcome, hello: SAMPLE_HELLO, recorded }, PLAIN);

describe('a replay', () => {
  test('with the recorded result', () => {
    const { made, kept } = golden('replay-same.txt', textOf(SAME));
    expect(made).toBe(kept);
  });

  test('with another result shows the first difference', () => {
    const { made, kept } = golden('replay-gone.txt', textOf(GONE));
    expect(made).toBe(kept);
  });

  test('with the same observations and another verdict', () => {
    expect(textOf({ ...SAME, verdict: { kind: 'conforms' } })).toContain('judges them differently');
  });

  test('with a crash shows the standard error', () => {
    const text = textOf({ ...failed('crash'), failure: SAMPLE_CRASH }, undefined);
    expect(text).toContain('Segmentation fault');
    expect(text).toMatch(/INCONCLUSIVE: step 1: it went wrong \(exit 3\)\n$/);
  });

  test('in which model and properties disagree reports a bug of the suite', () => {
    const disagreements = [{ index: 0, property: 'fork/isolation', step: 5, message: 'it reads 7' }];
    const text = textOf({ ...GONE, disagreements }, undefined);
    expect(text).toContain('the property fork/isolation fails at step 6: it reads 7');
    expect(text).toMatch(/INCONCLUSIVE: .*\(exit 3\)\n$/);
  });
});

test.each([
  [1, SAME],
  [0, GONE],
  [76, failed('protocol')],
  [69, failed('start')],
  [3, failed('refused')],
  [3, failed('hang')],
] as const)('the exit code is %i', (code, outcome) => {
  expect(exitCodeOfReplay(outcome)).toBe(code);
});
