import type { Case } from '../../spec/vocabulary/case.ts';
import type { Certificate } from '../search/certificate.ts';
import { isSimpler, LONGEST_FOR_PAIRS } from './passes/delete.ts';
import { type FailedAt, shrink, type Shrunk } from './shrink.ts';
import type { Target } from '../targets/target.ts';
import { everyStepOf, type Failing, FailingCases, ordersOfFailing } from './first-divergence.ts';
import { AfterEarlier, notFresh } from '../targets/earlier-cases.ts';
import { type Counterexample, unshrunkCounterexample } from './finding.ts';
import { EarlierCaseSearch } from './earlier-case-search.ts';
import { type Examined, Examiner, fingerprintOfExamined } from '../examine/examiner.ts';
import {
  type Flaky,
  failsWithin,
  measure,
  type Rate,
  repetitionsFor,
  differenceBetween,
} from '../examine/repetition.ts';
import { shrinkFurther } from './further-search.ts';
import { ShrinkSession, type ShrinkBudget } from './shrink-session.ts';

/** Number of final runs of the shortest case on a nondeterministic target. */
const LAST_CONFIRMATIONS = 4;
/** Number of fresh targets on which a case must fail if its failure is to be attributed to the case alone. */
const STARTS = 4;

/**
 * Shrinks a failing case to the shortest case with the same fingerprint. If the target supports snapshots after every
 * step, the case uses them, so that the failure shows at its cause and not at the next snapshot.
 *
 * On a nondeterministic target, every failing candidate is run a second time. The rate of a flaky failure is measured,
 * and each candidate is run several times. A failure that was seen only once is returned unshrunk. If the failure leaves
 * state in the target, so that later candidates have wrong results, the target is restarted after each failing one.
 */
export async function makeCounterexample(
  target: Target,
  found: Case,
  first: Examined,
  budget: ShrinkBudget,
): Promise<Counterexample | undefined> {
  const fingerprint = fingerprintOfExamined(first);
  if (fingerprint === undefined) return undefined;
  const session = new ShrinkSession(target, found, budget, fingerprint);
  const start: Failing = { case: found, examined: first };
  const isDeterministic = target.deterministic === true;
  const { confirmed } = budget;
  const afresh = isDeterministic ? undefined : await failsAfresh(session, target, found, budget);
  const again = await session.again(found, !isDeterministic && confirmed === undefined);
  // The run has ended before the failure was seen a second time.
  if (session.isAborted && confirmed === undefined && !isDeterministic)
    return counterexampleOf(start, 'found', 0, { failed: 1, of: 1, differed: undefined });
  if (isDeterministic) {
    const closely = (await watchClosely(session, target, start, 1)) ?? start;
    const simplest = (await withoutRace(session, closely, 1)) ?? closely;
    return shrinkSteady(session, target, simplest, 'once').then(({ counterexample }) => counterexample);
  }
  const canRestart = afresh === true && target.restart !== undefined;
  if (afresh === false || again.failed < again.of) {
    const needy = afresh === false ? await shrinkAfterEarlier(session, target, start, budget) : undefined;
    if (needy !== undefined) return needy;
    if (canRestart && (await failsOnEachStart(session, found)))
      return shrinkOnFresh(session, target, start, 'restarting');
    const failed = again.failed + (afresh === true ? 2 : 1);
    return shrinkFlaky(session, target, start, { failed, of: again.of + (afresh === undefined ? 1 : 2) });
  }
  const closely = (await watchClosely(session, target, start, 1, true)) ?? start;
  const simplest = (await withoutRace(session, closely, 1, true)) ?? closely;
  const { counterexample, last, wavers } = await shrinkSteady(session, target, simplest, 'again');
  if (!canRestart) {
    return wavers ? shrinkFlaky(session, target, last, { failed: 2, of: 2 }) : counterexample;
  }
  if (session.isAborted) return counterexample;
  if (await failsOnEachStart(session, last.case, wavers ? STARTS : 1)) {
    // The candidates that passed may have passed because of the state that a failure left in the target.
    if (!wavers && counterexample?.certificate === 'interrupted') return counterexample;
    return shrinkOnFresh(session, target, last, wavers ? 'restarting' : 'checking', counterexample?.asked);
  }
  const reduced = session.fingerprint;
  session.fingerprint = fingerprint;
  // The shrunk case fails only after other candidates, which left state behind.
  if (!wavers || (await failsOnEachStart(session, found)))
    return shrinkOnFresh(session, target, start, 'restarting');
  session.fingerprint = reduced;
  return shrinkFlaky(session, target, last, { failed: 2, of: 2 });
}

/** Whether a case fails with the failure goal on each of several fresh targets. */
async function failsOnEachStart(session: ShrinkSession, testCase: Case, starts = STARTS): Promise<boolean> {
  for (let start = 0; start < starts; start++) {
    if (!session.fails(await session.askAfresh(testCase)) && !session.isAborted) return false;
  }
  return true;
}

/**
 * Shrinks a case that fails on a fresh target, so that no candidate is affected by the state that failures leave behind.
 *
 * @param first `checking` if the case was shrunk already: if it is minimal on a fresh target, too, it is the result
 */
async function shrinkOnFresh(
  session: ShrinkSession,
  target: Target,
  start: Failing,
  first: 'restarting' | 'checking',
  askedBefore = 0,
): Promise<Counterexample | undefined> {
  session.restarts = 'after-failure';
  let asking = first;
  let from = start;
  if (asking === 'restarting') {
    const closely = (await watchClosely(session, target, start, 1)) ?? start;
    from = (await withoutRace(session, closely, 1)) ?? closely;
  }
  for (let asked = askedBefore; ;) {
    const { counterexample, last, wavers, isUnchanged } = await shrinkSteady(session, target, from, asking);
    if (wavers) {
      session.restarts = 'never';
      return shrinkFlaky(session, target, last, { failed: 2, of: 2 });
    }
    if (counterexample === undefined) return undefined;
    asked += counterexample.asked;
    const isDone = asking === 'restarting' || !isSimpler(last.case, from.case);
    if ((isDone && isUnchanged) || session.isAborted) return { ...counterexample, asked };
    from = last;
    asking = 'restarting';
  }
}

/** Whether a case fails with the same fingerprint on a fresh target; undefined if the target cannot be restarted. */
async function failsAfresh(
  session: ShrinkSession,
  target: Target,
  found: Case,
  { afresh, confirmed }: ShrinkBudget,
): Promise<boolean | undefined> {
  if (target.restart === undefined) return confirmed;
  return afresh ?? confirmed ?? session.fails(await session.askAfresh(found));
}

/**
 * Shrinks a failure that does not occur on a fresh target: first the list of earlier cases that it needs, then the
 * case, then each earlier case. Every candidate is run on a fresh target. Undefined if no earlier cases are needed, as
 * for a flaky failure.
 */
async function shrinkAfterEarlier(
  { fingerprint, stopped }: ShrinkSession,
  target: Target,
  found: Failing,
  budget: ShrinkBudget,
): Promise<Counterexample | undefined> {
  const search = new EarlierCaseSearch(target, fingerprint, stopped, budget.onAsk);
  const list = await search.find(found.case, budget.earlier ?? []);
  if (list === undefined) return undefined;
  const earlier = await search.shrinkList(list, found.case);
  const after = new AfterEarlier(target, earlier);
  // Other failures after these cases are not reported as findings, because they may depend on these cases, too.
  const { onOtherFailure: _, ...alone } = budget;
  const session = new ShrinkSession(after, found.case, alone, fingerprint);
  await session.again(found.case, false);
  const closely = (await watchClosely(session, after, found, 1)) ?? found;
  const simplest = (await withoutRace(session, closely, 1)) ?? closely;
  const { counterexample } = await shrinkSteady(session, after, simplest, 'once');
  if (counterexample === undefined) return undefined;
  const last = new EarlierCaseSearch(target, session.fingerprint, session.stopped, budget.onAsk);
  const each = await last.shrinkEach(earlier, counterexample.case);
  if (!(await last.isDue(each, counterexample.case))) return undefined;
  // The case was shrunk with other earlier cases; the trace that is shown must be the one after these.
  const final = new Examiner(new AfterEarlier(target, each), found.case.profile);
  const shown =
    unshrunkCounterexample(counterexample.case, await final.examine(counterexample.case)) ?? counterexample;
  const { certificate, slice, asked } = counterexample;
  return { ...shown, certificate, slice, asked, earlier: each, violation: notFresh(shown.violation) };
}

/**
 * How a failing candidate is confirmed: not at all (`once`), by a second run (`again`), or not at all because it ran on a
 * fresh target (`restarting`). `checking`: as `restarting`, with the candidates that establish 2-minimality only.
 */
type Asking = 'once' | 'again' | 'restarting' | 'checking';

interface Steady {
  readonly counterexample: Counterexample | undefined;
  /** The shortest case. */
  readonly last: Failing;
  /** Whether a candidate failed once and then passed. */
  readonly wavers: boolean;
  /** False if the candidates that passed have changed the target, so that they may have passed for this reason. */
  readonly isUnchanged: boolean;
}

/** Shrinks a failure that is assumed to occur in every run. */
async function shrinkSteady(
  session: ShrinkSession,
  target: Target,
  start: Failing,
  asking: Asking,
): Promise<Steady> {
  const accepted = new FailingCases(start);
  const confirms = asking === 'again';
  const onlyLast = asking === 'checking';
  let wavers = false;
  const failsAt = async (smaller: Case): Promise<FailedAt> => {
    const examined = await session.ask(smaller);
    if (!session.fails(examined)) return undefined;
    if (confirms && !session.fails(await session.ask(smaller))) {
      wavers = !session.isAborted;
      return undefined;
    }
    return (await needsItsRace(session, { case: smaller, examined }))
      ? accepted.add(smaller, examined)
      : undefined;
  };
  const { fingerprint, stopped } = session;
  const shrinkOn = (from: Failing): Promise<Shrunk> =>
    shrinkFrom(from, session, { repetitions: 1, onlyLast, stopped: () => stopped() || wavers }, failsAt);
  const pursuit = { fingerprint, most: session.candidates(1), stopped };
  const passed = await shrinkOn(start);
  const shrunk = onlyLast
    ? passed
    : await shrinkFurther(target, passed, pursuit, async (shorter) => {
        const examined = await session.ask(shorter);
        if (!(await needsItsRace(session, { case: shorter, examined }))) return undefined;
        accepted.add(shorter, examined);
        return shrinkOn({ case: shorter, examined });
      });
  const last = accepted.of(shrunk.case);
  const isUnchanged = await session.isUnchanged(last.case);
  // With few runs, a flaky failure may have occurred in all of them by chance.
  const confirmations = asking === 'again' || asking === 'restarting' ? LAST_CONFIRMATIONS : 0;
  for (let time = 0; time < confirmations && !wavers && !session.stopped(); time++) {
    wavers = !session.fails(await session.ask(last.case)) && !session.isAborted;
  }
  // Candidates that hung were given up early.
  if (isHang(last) && target.hurry !== undefined && !wavers && !session.stopped()) {
    target.hurry(false);
    wavers = !session.fails(await session.ask(last.case)) && !session.isAborted;
    target.hurry(true);
  }
  const counterexample = counterexampleOf(last, certificateOf(shrunk), shrunk.asked);
  return { counterexample, last, wavers, isUnchanged };
}

const isHang = ({ examined }: Failing): boolean =>
  examined.kind === 'failed' && examined.failure.kind === 'hang';

/** @param seen earlier runs of the case and their failures, which count as well */
async function shrinkFlaky(
  session: ShrinkSession,
  target: Target,
  found: Failing,
  seen: Rate,
): Promise<Counterexample | undefined> {
  const before = await measure(
    found.case,
    session.fingerprint,
    session.ask,
    session.stopped,
    session.restart,
  );
  const rate = { failed: seen.failed + before.failed, of: seen.of + before.of };
  const asFound = (asked: number): Counterexample | undefined =>
    counterexampleOf(found, 'found', asked, flakyOf(rate, found.examined, before.passing));
  if (rate.failed < 2) return asFound(0);
  const repetitions = repetitionsFor(before.failed > 0 ? before : rate);
  const closely = (await watchClosely(session, target, found, repetitions)) ?? found;
  const start = (await withoutRace(session, closely, repetitions)) ?? closely;
  const accepted = new FailingCases(start);
  const limits = { repetitions, onlyLast: false, stopped: session.stopped };
  const shrunk = await shrinkFrom(start, session, limits, async (smaller) => {
    const examined = await failsWithin(repetitions, smaller, session.ask, session.fails);
    return examined && accepted.add(smaller, examined);
  });
  const last = accepted.of(shrunk.case);
  // The rate that is reported is that of the shrunk case; measuring it may exceed the budget a little.
  const after = await measure(
    last.case,
    session.fingerprint,
    session.ask,
    session.stoppedLate,
    session.restart,
  );
  if (after.of > 0 && after.failed === 0) return asFound(shrunk.asked);
  const certificate = shrunk.complete ? 'reduced' : 'interrupted';
  if (after.of === 0)
    return counterexampleOf(last, certificate, shrunk.asked, { ...rate, differed: undefined });
  // The shrunk case may fail in every run.
  if (after.passing === undefined) return counterexampleOf(last, certificate, shrunk.asked);
  const often = { failed: after.failed + 1, of: after.of + 1 };
  return counterexampleOf(last, certificate, shrunk.asked, flakyOf(often, last.examined, after.passing));
}

const flakyOf = ({ failed, of }: Rate, failing: Examined, passing: Examined | undefined): Flaky => ({
  failed,
  of,
  differed: passing === undefined ? undefined : differenceBetween(failing, passing),
});

function shrinkFrom(
  start: Failing,
  session: ShrinkSession,
  limits: { readonly repetitions: number; readonly onlyLast: boolean; readonly stopped: () => boolean },
  failsAt: (smaller: Case) => Promise<FailedAt>,
): Promise<Shrunk> {
  const { repetitions, onlyLast, stopped } = limits;
  const unshrunk = unshrunkCounterexample(start.case, start.examined);
  const step = unshrunk?.violation.step ?? start.case.commands.length - 1;
  const options = {
    most: session.candidates(repetitions),
    step,
    failure: unshrunk?.violation,
    flaky: repetitions > 1,
    onlyLast,
    stopped,
  };
  return shrink(start.case, options, failsAt);
}

function counterexampleOf(
  failing: Failing,
  certificate: Certificate,
  asked: number,
  flaky?: Flaky,
): Counterexample | undefined {
  const unshrunk = unshrunkCounterexample(failing.case, failing.examined);
  return unshrunk && { ...unshrunk, certificate, asked, ...(flaky === undefined ? {} : { flaky }) };
}

/** The case with a snapshot after every step, if it fails then too, under the fingerprint that it has there. */
async function watchClosely(
  session: ShrinkSession,
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
    session.look,
    (one) => fingerprintOfExamined(one) !== undefined,
  );
  return pursue(session, closely, examined, confirms);
}

/** Makes the failure of a case the failure goal, if the case fails and, with `confirms`, fails again. */
async function pursue(
  session: ShrinkSession,
  testCase: Case,
  examined: Examined | undefined,
  confirms: boolean,
): Promise<Failing | undefined> {
  const fingerprint = examined && fingerprintOfExamined(examined);
  if (examined === undefined || fingerprint === undefined) return undefined;
  if (confirms && fingerprintOfExamined(await session.look(testCase)) !== fingerprint) return undefined;
  session.fingerprint = fingerprint;
  return { case: testCase, examined };
}

/**
 * A case that fails in a race, with the two commands of the race in sequence; undefined if neither order fails. The
 * steps before the race conform, so a failure in a sequential order is not a failure of concurrency.
 */
async function withoutRace(
  session: ShrinkSession,
  failing: Failing,
  repetitions: number,
  confirms = false,
): Promise<Failing | undefined> {
  for (const sequential of ordersOfFailing(failing)) {
    const examined = await failsWithin(
      repetitions,
      sequential,
      session.look,
      (one) => fingerprintOfExamined(one) !== undefined,
    );
    const pursued = await pursue(session, sequential, examined, confirms);
    if (pursued !== undefined) return pursued;
  }
  return undefined;
}

/**
 * Whether a case that fails in a race conforms in both sequential orders. Otherwise shrinking has slipped to another
 * bug.
 */
async function needsItsRace(session: ShrinkSession, failing: Failing): Promise<boolean> {
  for (const sequential of ordersOfFailing(failing)) {
    if (fingerprintOfExamined(await session.ask(sequential)) !== undefined) return false;
  }
  return true;
}

/** Removal of every single command was tried and, up to a length limit, of every pair. */
const certificateOf = ({ complete, case: { commands } }: Shrunk): Certificate =>
  !complete ? 'interrupted' : commands.length <= LONGEST_FOR_PAIRS ? '2-minimal' : '1-minimal';
