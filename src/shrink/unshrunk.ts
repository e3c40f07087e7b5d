import type { Case } from '../../spec/vocabulary/case.ts';
import { type Examined, violationOf } from '../judge/examiner.ts';
import type { Counterexample } from './finding.ts';

/** An unshrunk failing case as a counterexample; undefined if the case does not fail. */
export function unshrunkCounterexample(testCase: Case, examined: Examined): Counterexample | undefined {
  const unshrunk = { case: testCase, certificate: 'found', slice: undefined, asked: 0 } as const;
  if (examined.kind === 'failed') {
    const { failure } = examined;
    return { ...unshrunk, trace: undefined, violation: violationOf(testCase, failure), failure };
  }
  const { verdict, trace } = examined;
  return verdict.kind === 'violates'
    ? { ...unshrunk, trace, violation: verdict.violation, failure: undefined }
    : undefined;
}
