import { describe, expect, test } from 'vitest';
import type { ProfileOutcome, RunOutcome } from '../run/outcome.ts';
import type { FailureKind } from '../targets/target.ts';
import { exitCodeOf, strongest } from './exit-code.ts';
import {
  SAMPLE_COUNTEREXAMPLE,
  sampleFinding,
  sampleOutcome,
  sampleProfile,
} from './sample-outcome.fixture.ts';

const LENIENT = { strict: false, timedOut: false };
const failed = (kind: FailureKind): Partial<ProfileOutcome> => ({
  protocolErrors: [{ index: 0, failure: { kind, message: 'it went wrong', step: undefined, stderr: '' } }],
});
const found: Partial<ProfileOutcome> = { findings: [sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined)] };
const withProfile = (profile: Partial<ProfileOutcome>, changes: Partial<RunOutcome> = {}): RunOutcome =>
  sampleOutcome({ profiles: [sampleProfile('origin', profile)], ...changes });

describe('the exit code', () => {
  test.each([
    ['conforms', sampleOutcome(), 0],
    ['found something', withProfile(found, { verdict: 'violates' }), 1],
    ['is inconclusive', sampleOutcome({ verdict: 'inconclusive' }), 3],
    ['left a MUST uncovered', sampleOutcome({ uncovered: ['fork.no-callbacks'] }), 3],
    ['could not judge a case', withProfile({ inconclusive: 1 }), 3],
    ['set a case aside', withProfile({ setAside: 1 }), 0],
    ['claims nothing of a complete suite', withProfile({ completeness: { extraStates: 0 } }), 3],
    ['claims a complete suite', withProfile({ completeness: { extraStates: 1, completeFor: 0 } }), 0],
    ['set every case aside', withProfile({ cases: 7, setAside: 7 }), 3],
    [
      'disagrees with itself',
      withProfile({ disagreements: [{ index: 0, property: 'a', step: 0, message: 'b' }] }),
      3,
    ],
    ['had nothing to do', sampleOutcome({ verdict: 'nothing-applicable' }), 4],
    ['lost its target', withProfile(failed('start'), { verdict: 'protocol-error' }), 69],
    ['got no proper answer', withProfile(failed('protocol'), { verdict: 'protocol-error' }), 76],
    ['was refused a case', withProfile(failed('refused'), { verdict: 'protocol-error' }), 3],
    ['was interrupted', sampleOutcome({ interrupted: true }), 130],
  ] as const)('of a run that %s', (_, outcome, code) => {
    expect(exitCodeOf(outcome, LENIENT)).toBe(code);
  });

  test('a finding takes precedence over Ctrl-C and protocol errors', () => {
    expect(exitCodeOf(withProfile({ ...failed('protocol'), ...found }, { interrupted: true }), LENIENT)).toBe(
      1,
    );
  });

  test('Ctrl-C takes precedence over missing coverage', () => {
    const outcome = sampleOutcome({
      interrupted: true,
      uncovered: ['fork.no-callbacks'],
      verdict: 'inconclusive',
    });
    expect(exitCodeOf(outcome, LENIENT)).toBe(130);
  });

  test('a run ended by its own time limit is inconclusive', () => {
    expect(exitCodeOf(sampleOutcome({ interrupted: true }), { strict: false, timedOut: true })).toBe(3);
  });

  test('a MUST that a known failure may prevent from being covered is not required', () => {
    const hidden = withProfile(found, { verdict: 'violates', uncovered: ['fork.no-callbacks'] });
    const baseline = { failures: [], passes: [], expected: 1 };
    expect(exitCodeOf(hidden, { ...LENIENT, baseline })).toBe(0);
    expect(exitCodeOf(hidden, { ...LENIENT, baseline: { ...baseline, failures: [1] } })).toBe(1);
    const sound = sampleOutcome({ verdict: 'inconclusive', uncovered: ['fork.no-callbacks'] });
    expect(exitCodeOf(sound, { ...LENIENT, baseline: { ...baseline, expected: 0 } })).toBe(3);
    const unjudged = withProfile({ ...found, inconclusive: 1 }, { verdict: 'violates' });
    expect(exitCodeOf(unjudged, { ...LENIENT, baseline })).toBe(3);
  });

  test('a SHOULD affects the exit code only with --strict', () => {
    const profiles = [sampleProfile('origin', {}, { 'migrate.progress': { status: 'not-followed' } })];
    expect(exitCodeOf(sampleOutcome({ profiles }), LENIENT)).toBe(0);
    expect(exitCodeOf(sampleOutcome({ profiles }), { strict: true, timedOut: false })).toBe(1);
  });
});

test('the precedence is 1, 76, 69, 130, 3, 4, 0', () => {
  const codes = [1, 76, 69, 130, 3, 4, 0] as const;
  for (const [at, code] of codes.entries()) {
    expect(strongest(codes.slice(at).toReversed())).toBe(code);
  }
  expect(strongest([])).toBe(0);
});
