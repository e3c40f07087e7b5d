import type { Case } from '../../spec/vocabulary/case.ts';
import type { Certificate } from '../search/certificate.ts';
import { LONGEST_FOR_PAIRS } from './passes/delete-commands.ts';
import { type FailedAt, reduce, type Reduced } from './shrink.ts';
import type { Target } from '../targets/target.ts';
import { Accepted, type Failing } from './failing-cases.ts';
import { AfterEarlier, notFresh } from '../targets/after-earlier.ts';
import { asItWasFound } from './unshrunk.ts';
import { EarlierCases } from './earlier-cases.ts';
import { type Examined, Examiner, fingerprintOfExamined } from '../judge/examiner.ts';
import type { Counterexample } from './finding.ts';
import { everyStepOf, ordersOfFailing } from './first-divergence.ts';
import type { Flaky } from '../judge/flaky.ts';
import { reduceFurther } from './further-search.ts';
import { Inquiry, type ReductionBudget } from './shrink-session.ts';
import { failsWithin, measure, type Rate, repetitionsFor } from '../judge/repetition.ts';
import { differenceBetween } from '../judge/run-difference.ts';

/** Number of final runs of the shortest case on a nondeterministic target. */
const LAST_CONFIRMATIONS = 4;

/**
 * Shrinks a failing case to the shortest case with the same fingerprint. If the target supports snapshots after every
 * step, the case uses them, so that the failure shows at its cause and not at the next snapshot.
 *
 * On a nondeterministic target, every failing candidate is run a second time. The rate of a flaky failure is measured,
 * and each candidate is run several times. A failure that was seen only once is returned unshrunk.
 */
export async function makeCounterexample(
  target: Target,
  found: Case,
  first: Examined,
  budget: ReductionBudget,
): Promise<Counterexample | undefined> {
  const fingerprint = fingerprintOfExamined(first);
  if (fingerprint === undefined) return undefined;
  const inquiry = new Inquiry(target, found, budget, fingerprint);
  const start: Failing = { case: found, examined: first };
  const isDeterministic = target.deterministic === true;
  const { confirmed } = budget;
  const afresh = isDeterministic ? undefined : await failsAfresh(inquiry, target, found, budget);
  const again = await inquiry.again(found, !isDeterministic && confirmed === undefined);
  // The run has ended before the failure was seen a second time.
  if (inquiry.isAborted && confirmed === undefined && !isDeterministic)
    return counterexampleOf(start, 'found', 0, { failed: 1, of: 1, differed: undefined });
  if (isDeterministic) {
    const closely = (await watchClosely(inquiry, target, start, 1)) ?? start;
    const simplest = (await withoutRace(inquiry, closely, 1)) ?? closely;
    return reduceSteady(inquiry, target, simplest, 'once').then(({ counterexample }) => counterexample);
  }
  if (afresh === false || again.failed < again.of) {
    const needy = afresh === false ? await reduceAfterEarlier(inquiry, target, start, budget) : undefined;
    if (needy !== undefined) return needy;
    const failed = again.failed + (afresh === true ? 2 : 1);
    return reduceFlaky(inquiry, target, start, { failed, of: again.of + (afresh === undefined ? 1 : 2) });
  }
  const closely = (await watchClosely(inquiry, target, start, 1, true)) ?? start;
  const simplest = (await withoutRace(inquiry, closely, 1, true)) ?? closely;
  const { counterexample, wavering } = await reduceSteady(inquiry, target, simplest, 'again');
  if (wavering !== undefined) return reduceFlaky(inquiry, target, wavering, { failed: 2, of: 2 });
  if (counterexample === undefined || afresh === undefined) return counterexample;
  if (inquiry.fails(await inquiry.askAfresh(counterexample.case)) || inquiry.isAborted) return counterexample;
  // What other candidates had left behind made this one fail. The case that was found needs none of it.
  inquiry.fingerprint = fingerprint;
  return reduceSteady(inquiry, target, start, 'afresh').then((steady) => steady.counterexample);
}

/** Whether a case fails with the same fingerprint on a fresh target; undefined if the target cannot be restarted. */
async function failsAfresh(
  inquiry: Inquiry,
  target: Target,
  found: Case,
  { afresh, confirmed }: ReductionBudget,
): Promise<boolean | undefined> {
  if (target.restart === undefined) return confirmed;
  return afresh ?? confirmed ?? inquiry.fails(await inquiry.askAfresh(found));
}

/**
 * Shrinks a failure that does not occur on a fresh target: first the list of earlier cases that it needs, then the
 * case, then each earlier case. Every candidate is run on a fresh target. Undefined if no earlier cases are needed, as
 * for a flaky failure.
 */
async function reduceAfterEarlier(
  { fingerprint, stopped }: Inquiry,
  target: Target,
  found: Failing,
  budget: ReductionBudget,
): Promise<Counterexample | undefined> {
  const search = new EarlierCases(target, fingerprint, stopped, budget.onAsk);
  const list = await search.find(found.case, budget.earlier ?? []);
  if (list === undefined) return undefined;
  const earlier = await search.reduceList(list, found.case);
  const after = new AfterEarlier(target, earlier);
  // What else fails after these cases is no other finding: it needs them, too.
  const { onOtherFailure: _, ...alone } = budget;
  const inquiry = new Inquiry(after, found.case, alone, fingerprint);
  await inquiry.again(found.case, false);
  const closely = (await watchClosely(inquiry, after, found, 1)) ?? found;
  const simplest = (await withoutRace(inquiry, closely, 1)) ?? closely;
  const { counterexample } = await reduceSteady(inquiry, after, simplest, 'once');
  if (counterexample === undefined) return undefined;
  const last = new EarlierCases(target, inquiry.fingerprint, inquiry.stopped, budget.onAsk);
  const each = await last.reduceEach(earlier, counterexample.case);
  if (!(await last.isDue(each, counterexample.case))) return undefined;
  // What is shown is what these earlier cases lead to, not those that it was reduced with.
  const final = new Examiner(new AfterEarlier(target, each), found.case.profile);
  const shown = asItWasFound(counterexample.case, await final.examine(counterexample.case)) ?? counterexample;
  const { certificate, slice, asked } = counterexample;
  return { ...shown, certificate, slice, asked, earlier: each, violation: notFresh(shown.violation) };
}

/**
 * How a failing candidate is confirmed: not at all (`once`), by a second run (`again`), or not at all but with every
 * run on a fresh target, because other candidates leave state behind (`afresh`).
 */
type Asking = 'once' | 'again' | 'afresh';

/**
 * Shrinks a failure that is assumed to occur in every run.
 *
 * @returns also the shortest case so far, if a candidate failed once and then passed
 */
async function reduceSteady(
  inquiry: Inquiry,
  target: Target,
  start: Failing,
  asking: Asking,
): Promise<{ readonly counterexample: Counterexample | undefined; readonly wavering: Failing | undefined }> {
  const accepted = new Accepted(start);
  const confirms = asking === 'again';
  const ask = asking === 'afresh' ? inquiry.askAfresh : inquiry.ask;
  let wavers = false;
  const failsAt = async (smaller: Case): Promise<FailedAt> => {
    const examined = await ask(smaller);
    if (!inquiry.fails(examined)) return undefined;
    if (confirms && !inquiry.fails(await inquiry.ask(smaller))) {
      wavers = !inquiry.isAborted;
      return undefined;
    }
    return (await needsItsRace(inquiry, { case: smaller, examined }))
      ? accepted.add(smaller, examined)
      : undefined;
  };
  const reduceOn = (from: Failing): Promise<Reduced> => reduceFrom(from, inquiry, 1, () => wavers, failsAt);
  const { fingerprint, stopped } = inquiry;
  const pursuit = { fingerprint, most: inquiry.candidates(1), stopped };
  const reduced = await reduceFurther(target, await reduceOn(start), pursuit, async (shorter) => {
    const examined = await inquiry.ask(shorter);
    if (!(await needsItsRace(inquiry, { case: shorter, examined }))) return undefined;
    accepted.add(shorter, examined);
    return reduceOn({ case: shorter, examined });
  });
  const last = accepted.of(reduced.case);
  // Few questions may all have met it in a mood to fail.
  const confirmations = confirms ? LAST_CONFIRMATIONS : 0;
  for (let time = 0; time < confirmations && !wavers && !inquiry.stopped(); time++) {
    wavers = !inquiry.fails(await inquiry.ask(last.case)) && !inquiry.isAborted;
  }
  // Candidates that hung were given up early.
  if (isHang(last) && target.hurry !== undefined && !wavers && !inquiry.stopped()) {
    target.hurry(false);
    wavers = !inquiry.fails(await inquiry.ask(last.case)) && !inquiry.isAborted;
    target.hurry(true);
  }
  return {
    counterexample: counterexampleOf(last, certificateOf(reduced), reduced.asked),
    wavering: wavers ? last : undefined,
  };
}

const isHang = ({ examined }: Failing): boolean =>
  examined.kind === 'failed' && examined.failure.kind === 'hang';

/** @param seen earlier runs of the case and their failures, which count as well */
async function reduceFlaky(
  inquiry: Inquiry,
  target: Target,
  found: Failing,
  seen: Rate,
): Promise<Counterexample | undefined> {
  const before = await measure(
    found.case,
    inquiry.fingerprint,
    inquiry.ask,
    inquiry.stopped,
    inquiry.restart,
  );
  const rate = { failed: seen.failed + before.failed, of: seen.of + before.of };
  const asFound = (asked: number): Counterexample | undefined =>
    counterexampleOf(found, 'found', asked, flakyOf(rate, found.examined, before.passing));
  if (rate.failed < 2) return asFound(0);
  const repetitions = repetitionsFor(before.failed > 0 ? before : rate);
  const closely = (await watchClosely(inquiry, target, found, repetitions)) ?? found;
  const start = (await withoutRace(inquiry, closely, repetitions)) ?? closely;
  const accepted = new Accepted(start);
  const reduced = await reduceFrom(start, inquiry, repetitions, inquiry.stopped, async (smaller) => {
    const examined = await failsWithin(repetitions, smaller, inquiry.ask, inquiry.fails);
    return examined && accepted.add(smaller, examined);
  });
  const last = accepted.of(reduced.case);
  // It is told how often these steps fail, and not those in which it was found: that may take a little longer.
  const after = await measure(
    last.case,
    inquiry.fingerprint,
    inquiry.ask,
    inquiry.stoppedLate,
    inquiry.restart,
  );
  if (after.of > 0 && after.failed === 0) return asFound(reduced.asked);
  const certificate = reduced.complete ? 'reduced' : 'interrupted';
  if (after.of === 0)
    return counterexampleOf(last, certificate, reduced.asked, { ...rate, differed: undefined });
  // What is left of the case may fail each time.
  if (after.passing === undefined) return counterexampleOf(last, certificate, reduced.asked);
  const often = { failed: after.failed + 1, of: after.of + 1 };
  return counterexampleOf(last, certificate, reduced.asked, flakyOf(often, last.examined, after.passing));
}

const flakyOf = ({ failed, of }: Rate, failing: Examined, passing: Examined | undefined): Flaky => ({
  failed,
  of,
  differed: passing === undefined ? undefined : differenceBetween(failing, passing),
});

function reduceFrom(
  start: Failing,
  inquiry: Inquiry,
  repetitions: number,
  stopped: () => boolean,
  failsAt: (smaller: Case) => Promise<FailedAt>,
): Promise<Reduced> {
  const unreduced = asItWasFound(start.case, start.examined);
  const step = unreduced?.violation.step ?? start.case.commands.length - 1;
  const options = {
    most: inquiry.candidates(repetitions),
    step,
    failure: unreduced?.violation,
    flaky: repetitions > 1,
    stopped: () => inquiry.stopped() || stopped(),
  };
  return reduce(start.case, options, failsAt);
}

function counterexampleOf(
  failing: Failing,
  certificate: Certificate,
  asked: number,
  flaky?: Flaky,
): Counterexample | undefined {
  const unreduced = asItWasFound(failing.case, failing.examined);
  return unreduced && { ...unreduced, certificate, asked, ...(flaky === undefined ? {} : { flaky }) };
}

/** The case with a snapshot after every step, if it fails then too, under the fingerprint that it has there. */
async function watchClosely(
  inquiry: Inquiry,
  target: Target,
  failing: Failing,
  repetitions: number,
  confirms = false,
): Promise<Failing | undefined> {
  const closely = everyStepOf(failing, target);
  if (closely === undefined) return undefined;
  const examined = await failsWithin(
    repetitions,
    closely,
    inquiry.look,
    (one) => fingerprintOfExamined(one) !== undefined,
  );
  return pursue(inquiry, closely, examined, confirms);
}

/** Makes the failure of a case the failure goal, if the case fails and, with `confirms`, fails again. */
async function pursue(
  inquiry: Inquiry,
  testCase: Case,
  examined: Examined | undefined,
  confirms: boolean,
): Promise<Failing | undefined> {
  const fingerprint = examined && fingerprintOfExamined(examined);
  if (examined === undefined || fingerprint === undefined) return undefined;
  if (confirms && fingerprintOfExamined(await inquiry.look(testCase)) !== fingerprint) return undefined;
  inquiry.fingerprint = fingerprint;
  return { case: testCase, examined };
}

/**
 * A case that fails in a race, with the two commands of the race in sequence; undefined if neither order fails. The
 * steps before the race conform, so a failure in a sequential order is not a failure of concurrency.
 */
async function withoutRace(
  inquiry: Inquiry,
  failing: Failing,
  repetitions: number,
  confirms = false,
): Promise<Failing | undefined> {
  for (const sequential of ordersOfFailing(failing)) {
    const examined = await failsWithin(
      repetitions,
      sequential,
      inquiry.look,
      (one) => fingerprintOfExamined(one) !== undefined,
    );
    const pursued = await pursue(inquiry, sequential, examined, confirms);
    if (pursued !== undefined) return pursued;
  }
  return undefined;
}

/**
 * Whether a case that fails in a race conforms in both sequential orders. Otherwise shrinking has slipped to another
 * bug.
 */
async function needsItsRace(inquiry: Inquiry, failing: Failing): Promise<boolean> {
  for (const sequential of ordersOfFailing(failing)) {
    if (fingerprintOfExamined(await inquiry.ask(sequential)) !== undefined) return false;
  }
  return true;
}

/** Removal of every single command was tried and, up to a length limit, of every pair. */
const certificateOf = ({ complete, case: { commands } }: Reduced): Certificate =>
  !complete ? 'interrupted' : commands.length <= LONGEST_FOR_PAIRS ? '2-minimal' : '1-minimal';
