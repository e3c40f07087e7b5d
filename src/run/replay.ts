import type { Verdict, Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { confirmFailure, type Effort } from '../targets/confirm.ts';
import type { Run, Target, TargetFailure } from '../targets/target.ts';
import { AfterEarlier, notFresh } from '../targets/earlier-cases.ts';
import { unshrunkCounterexample } from '../shrink/finding.ts';
import { examinedStrictly, Examiner, isFinding, violationOf } from '../examine/examiner.ts';
import type { PropertyDisagreement } from './outcome.ts';

/** The result of running one case again. */
export interface ReplayOutcome {
  readonly trace: Trace | undefined;
  readonly verdict: Verdict;
  /** The first SHOULD that is not followed, if no MUST is violated. */
  readonly notFollowed?: Violation | undefined;
  /** The reason for a missing trace. A confirmed crash or hang is also a violation. */
  readonly failure: TargetFailure | undefined;
  readonly disagreements: readonly PropertyDisagreement[];
}

export interface ReplayOptions {
  /** Cases that run before it. */
  readonly earlier?: readonly Case[] | undefined;
  /** Limits for finding the step of a crash or a hang. */
  readonly effort?: Effort | undefined;
}

/**
 * Runs and judges a case; with earlier cases, on a fresh target that runs them first. If the case fails then but not
 * alone, it violates `robust.fresh-world`.
 */
export async function replay(
  target: Target,
  testCase: Case,
  { earlier = [], effort }: ReplayOptions = {},
): Promise<ReplayOutcome> {
  if (earlier.length === 0) return replayOn(target, testCase, effort);
  const outcome = await replayOn(new AfterEarlier(target, earlier), testCase, effort);
  const { verdict } = outcome;
  if (verdict.kind !== 'violates') return outcome;
  const alone = await replayOn(new AfterEarlier(target, []), testCase, effort);
  if (alone.verdict.kind === 'violates') return alone;
  return { ...outcome, verdict: { ...verdict, violation: notFresh(verdict.violation) } };
}

async function replayOn(target: Target, testCase: Case, effort?: Effort): Promise<ReplayOutcome> {
  const examined = await new Examiner(target, testCase.profile).examine(testCase);
  if (examined.kind === 'judged') {
    const { trace, verdict, notFollowed, broken } = examined;
    const strictly =
      verdict.kind === 'conforms' && notFollowed === true ? examinedStrictly(target, trace) : undefined;
    return {
      trace,
      verdict,
      notFollowed: strictly === undefined ? undefined : unshrunkCounterexample(testCase, strictly)?.violation,
      failure: undefined,
      disagreements: broken.map((breach) => ({ index: 0, ...breach })),
    };
  }
  const { failure } = examined;
  const none = { trace: undefined, disagreements: [] };
  if (!isFinding(failure)) {
    return { ...none, failure, verdict: { kind: 'inconclusive', step: 0, reason: failure.message } };
  }
  const { confirmed, again, step } = await confirmFailure(target, testCase, failure, effort);
  const located: TargetFailure = { ...failure, step };
  return {
    ...none,
    failure: located,
    verdict: confirmed
      ? { kind: 'violates', violation: violationOf(testCase, located) }
      : {
          kind: 'inconclusive',
          step: step ?? 0,
          reason: `${failure.message} It did not happen again: ${inWords(again)}`,
        },
  };
}

const inWords = (run: Run): string =>
  run.kind === 'failure' ? run.failure.message : 'the case ran to its end.';
