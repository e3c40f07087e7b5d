import { fingerprintOf, type Violation } from '../../spec/judge/verdict.ts';
import type { Case, Observe } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import {
  type Examined,
  Examiner,
  fingerprintOfExamined,
  isFinding,
  violationOf,
} from '../examine/examiner.ts';
import { type Rate, repetitionsFor } from '../examine/repetition.ts';
import type { Target, TargetFailure } from '../targets/target.ts';
import { allowedStep, NOTHING_KNOWN } from './allowed-outcomes.ts';
import { type Explanation, type ShownBy, firstWrongContent } from './explanation.ts';
import { type TrialLimits, whichArguments } from './which-arguments.ts';

/** The information about a failing case that is available without a target. */
export interface Recorded {
  readonly case: Case;
  /** Cases that ran before it, without which it does not fail. */
  readonly earlier?: readonly Case[] | undefined;
  readonly trace: Trace | undefined;
  readonly violation: Violation;
  readonly failure: TargetFailure | undefined;
  /** The rate of its failures, if it did not always fail. */
  readonly flaky?: Rate | undefined;
}

/** Explains a case from its observations, without a target. */
export const explainRecorded = ({
  case: testCase,
  earlier,
  trace,
  violation,
  failure,
  flaky,
}: Recorded): Explanation => ({
  case: testCase,
  ...(earlier === undefined ? {} : { earlier }),
  trace,
  failure,
  rate: flaky,
  violation,
  byAnswers: { kind: 'not-tried' },
  content: undefined,
  asSaved: undefined,
  allowed: trace === undefined ? NOTHING_KNOWN : allowedStep(trace, violation.step),
  matters: undefined,
});

/** The result of running a case to explain it. */
export type ExplainTarget =
  | { readonly kind: 'explained'; readonly explanation: Explanation }
  /** No rule was violated in it, or its observations could not be judged. */
  | { readonly kind: 'passes'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: TargetFailure };

/**
 * Explains a case by running it: as it is; with a snapshot after every step, if the target supports that; without
 * snapshots; and with every argument changed. A case that is known to be flaky is run until it fails.
 */
export async function explain(
  target: Target,
  testCase: Case,
  limits: TrialLimits,
  flaky?: Rate,
): Promise<ExplainTarget> {
  const examiner = new Examiner(target, testCase.profile);
  const watched = async (observe: Observe): Promise<Seen> => {
    const watchedCase = { ...testCase, observe };
    const times = flaky === undefined ? 1 : repetitionsFor(flaky);
    let examined = await examiner.examineWithShoulds(watchedCase);
    for (
      let time = 1;
      time < times && !limits.stopped() && fingerprintOfExamined(examined) === undefined;
      time++
    ) {
      examined = await examiner.examineWithShoulds(watchedCase);
    }
    return seenIn(watchedCase, examined);
  };
  const asSaved = await watched(testCase.observe);
  const closely =
    testCase.observe !== 'every-step' && target.hello.capabilities.has('every-step')
      ? await watched('every-step')
      : asSaved;
  const reported = closely.violation === undefined ? asSaved : closely;
  const { violation, fingerprint } = reported;
  if (violation === undefined || fingerprint === undefined) {
    if (asSaved.failure !== undefined) return { kind: 'failed', failure: asSaved.failure };
    return { kind: 'passes', reason: asSaved.reason };
  }
  const blind = testCase.observe === 'results' ? asSaved : await watched('results');
  // Steps after the failing one cannot affect the failure.
  const untilThere = { ...reported.case, commands: reported.case.commands.slice(0, violation.step + 1) };
  const matters = await whichArguments(
    untilThere,
    async (candidate) => fingerprintOfExamined(await examiner.examineWithShoulds(candidate)) === fingerprint,
    limits,
  );
  const explanation: Explanation = {
    ...explainRecorded({
      case: reported.case,
      trace: reported.trace,
      violation,
      failure: reported.failure,
      flaky,
    }),
    byAnswers: sightingOf(blind.violation),
    asSaved: asSaved.violation,
    content: await firstWrongContent(reported.case, violation, target.hello.capabilities, async (probe) => {
      const examined = await examiner.examineWithShoulds(probe);
      return seenIn(probe, examined).violation;
    }),
    matters,
  };
  return { kind: 'explained', explanation };
}

const sightingOf = (violation: Violation | undefined): ShownBy =>
  violation === undefined ? { kind: 'unseen' } : { kind: 'seen', violation };

/** The result of a case with one setting of `observe`. */
interface Seen {
  readonly case: Case;
  readonly trace: Trace | undefined;
  readonly failure: TargetFailure | undefined;
  readonly violation: Violation | undefined;
  readonly fingerprint: string | undefined;
  /** The reason why there is no violation. */
  readonly reason: string;
}

function seenIn(testCase: Case, examined: Examined): Seen {
  if (examined.kind === 'failed') {
    const { failure } = examined;
    return {
      case: testCase,
      trace: undefined,
      failure,
      violation: isFinding(failure) ? violationOf(testCase, failure) : undefined,
      fingerprint: fingerprintOfExamined(examined),
      reason: failure.message,
    };
  }
  const { trace, verdict } = examined;
  const violation = verdict.kind === 'violates' ? verdict.violation : undefined;
  return {
    case: testCase,
    trace,
    failure: undefined,
    violation,
    fingerprint: violation === undefined ? undefined : fingerprintOf(violation),
    reason: verdict.kind === 'inconclusive' ? verdict.reason : 'every rule was kept',
  };
}
