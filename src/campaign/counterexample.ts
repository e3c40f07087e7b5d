import type { Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Certificate } from '../reduce/certificate.ts';
import { LONGEST_FOR_PAIRS } from '../reduce/delete.ts';
import { reduce, type Reduced } from '../reduce/reduce.ts';
import type { Target, TargetFailure } from '../targets/target.ts';
import { type Examined, Examiner, fingerprintOfExamined, isFinding, violationOf } from './examiner.ts';
import type { Counterexample } from './finding.ts';

/** How much the reducer may spend. */
export interface ReductionBudget {
  readonly asks: number;
  readonly milliseconds: number;
  readonly signal: AbortSignal | undefined;
  /** Called now and then, so that a long reduction can be watched and stopped. */
  readonly onAsk: (() => Promise<void>) | undefined;
  /** Told of answers that were no answers: they are not the failure that is reduced, and not to be lost either. */
  readonly onProtocolError?: (failure: TargetFailure) => void;
}

/**
 * Makes the shortest case that fails in the same way. Where the target can be watched after every step it is, for then
 * the failure shows where it happens and not at the next look.
 */
export async function makeCounterexample(
  target: Target,
  found: Case,
  first: Examined,
  budget: ReductionBudget,
): Promise<Counterexample | undefined> {
  const examiner = new Examiner(target, found.profile);
  const { testCase, examined } = await watchClosely(examiner, target, found, first);
  const fingerprint = fingerprintOfExamined(examined);
  const violation = violationIn(testCase, examined);
  if (fingerprint === undefined || violation === undefined) return undefined;
  const began = performance.now();
  const stopped = (): boolean =>
    budget.signal?.aborted === true || performance.now() - began > budget.milliseconds;
  let last: { readonly case: Case; readonly examined: Examined } = { case: testCase, examined };
  const reduced = await reduce(
    testCase,
    { most: budget.asks, step: violation.step, stopped },
    async (smaller) => {
      await budget.onAsk?.();
      const outcome = await examiner.examine(smaller);
      if (outcome.kind === 'failed' && !isFinding(outcome.failure)) budget.onProtocolError?.(outcome.failure);
      const same = fingerprintOfExamined(outcome) === fingerprint;
      if (same) last = { case: smaller, examined: outcome };
      return same;
    },
  );
  const final = violationIn(last.case, last.examined) ?? violation;
  return {
    case: last.case,
    trace: last.examined.kind === 'judged' ? last.examined.trace : undefined,
    violation: final,
    failure: last.examined.kind === 'failed' ? last.examined.failure : undefined,
    certificate: certificateOf(reduced),
    slice: undefined,
    asked: reduced.asked,
  };
}

function violationIn(testCase: Case, examined: Examined): Violation | undefined {
  if (examined.kind === 'failed') return violationOf(testCase, examined.failure);
  return examined.verdict.kind === 'violates' ? examined.verdict.violation : undefined;
}

/** The same case with a look after every step, if it fails then, too. */
async function watchClosely(
  examiner: Examiner,
  target: Target,
  testCase: Case,
  examined: Examined,
): Promise<{ readonly testCase: Case; readonly examined: Examined }> {
  if (testCase.observe === 'every-step' || !target.hello.capabilities.has('every-step')) {
    return { testCase, examined };
  }
  const closely: Case = {
    ...testCase,
    observe: 'every-step',
    commands: testCase.commands.filter(({ op }) => op !== 'inspect'),
  };
  const again = await examiner.examine(closely);
  return fingerprintOfExamined(again) === undefined
    ? { testCase, examined }
    : { testCase: closely, examined: again };
}

/** Every single command was tried without, and unless there are too many of them every pair. */
const certificateOf = ({ complete, case: { commands } }: Reduced): Certificate =>
  !complete ? 'interrupted' : commands.length <= LONGEST_FOR_PAIRS ? '2-minimal' : '1-minimal';
