import type { Violation } from '../../spec/judge/verdict.ts';
import { isShould } from '../../spec/requirements/catalogue.ts';
import type { CorpusItem } from '../run/outcome.ts';
import type { Counterexample } from '../shrink/finding.ts';
import { type Flaky, repetitionsFor } from '../examine/repetition.ts';
import { replay, type ReplayOutcome } from '../run/replay.ts';
import { capabilitiesForScope } from '../../spec/vocabulary/capabilities-for.ts';
import type { Effort } from '../targets/confirm.ts';
import type { Target } from '../targets/target.ts';
import type { CaseFile } from './case-file.ts';
import { makeCounterexample } from '../shrink/make-counterexample.ts';
import type { Examined } from '../examine/examiner.ts';

/** The result of a replay. */
export type ReplayedFile = Pick<CorpusItem, 'status' | 'counterexample' | 'reason'>;

/** The number of runs on one start of the target. */
const RUNS_PER_START = 5;
/** The number of conforming runs required for "fixed". A counterexample known to be flaky needs more. */
const MIN_RUNS = 3;
/** The maximum number of runs for a rare flaky failure: one that failed in 1 of 22 runs takes 65. */
const MAX_RUNS = 100;

/** The effort for locating the failing step of an unshrunk counterexample. */
const LOCATE_EFFORT: Effort = { probes: 12, milliseconds: 10_000 };

/** Replays a saved counterexample on a target. "Fixed" requires the target on which it was found. */
export async function replayFile(
  target: Target,
  targetSpec: string,
  file: CaseFile,
  stopped: () => boolean,
): Promise<ReplayedFile> {
  const { profile } = file.case;
  if (!target.hello.profiles.includes(profile)) {
    return none('not-applicable', `the target does not follow ${profile}`);
  }
  const missing = capabilitiesForScope(file.case.scope).find((one) => !target.hello.capabilities.has(one));
  if (missing !== undefined) return none('not-applicable', `the target does not declare ${missing}`);
  const { flaky } = file;
  const times = flaky === undefined ? MIN_RUNS : repetitionsFor(flaky, MAX_RUNS);
  // A shrunk counterexample fails at its last step.
  const effort = file.certificate === 'found' ? LOCATE_EFFORT : { probes: 0, milliseconds: 0 };
  for (let time = 1; time <= times; time++) {
    // If the replay is stopped early, the runs are too few to show that it is fixed.
    if (time > MIN_RUNS && stopped()) return none('not-reached');
    // State left behind by other cases must not affect the result.
    if (time % RUNS_PER_START === 1) await target.restart?.();
    const outcome = await replay(target, file.case, { earlier: file.earlier, effort });
    const { verdict, disagreements, failure, notFollowed } = outcome;
    // The end of the run may have interrupted the case.
    if (verdict.kind === 'inconclusive' && failure !== undefined && stopped()) return none('not-reached');
    if (verdict.kind === 'violates') {
      return time === 1 || flaky !== undefined || target.deterministic === true
        ? failing(file, outcome, verdict.violation)
        : await failsAfterItself(target, file, outcome, verdict.violation, effort);
    }
    if (notFollowed !== undefined && isShould(file.requirement)) return failing(file, outcome, notFollowed);
    if (verdict.kind === 'inconclusive') return none('inconclusive', verdict.reason);
    const [first] = disagreements;
    if (first !== undefined) {
      return none('inconclusive', `model and properties disagree (${first.property}): a bug of the suite`);
    }
  }
  const declared = new Set<string>(target.hello.capabilities);
  const lost = file.target.capabilities.filter((name) => !declared.has(name));
  // Without the capability the failure cannot occur or be observed, which does not show that it is fixed.
  if (lost.length > 0) return none('not-applicable', `the target does not declare ${lost.join(', ')}`);
  const often =
    flaky === undefined
      ? undefined
      : `it failed in ${flaky.failed} of ${flaky.of} runs, and conformed in ${times} now`;
  return none(file.target.spec === targetSpec ? 'fixed' : 'conforms', often);
}

/**
 * Examines a case that conformed on a fresh target and failed when repeated: it depends on its own earlier run, or it is
 * flaky.
 */
async function failsAfterItself(
  target: Target,
  file: CaseFile,
  outcome: ReplayOutcome,
  violation: Violation,
  effort: Effort | undefined,
): Promise<ReplayedFile> {
  const earlier = [...(file.earlier ?? []), file.case];
  const again = await replay(target, file.case, { earlier, effort });
  if (again.verdict.kind !== 'violates') return failing(file, outcome, violation);
  const { status, counterexample, reason } = failing(file, again, again.verdict.violation);
  return { status, reason, counterexample: counterexample && { ...counterexample, earlier } };
}

const none = (status: ReplayedFile['status'], reason?: string): ReplayedFile => ({
  status,
  counterexample: undefined,
  reason,
});

/** The rate is the one measured by the run that saved the file. */
const flakyOf = ({ failed, of, differed }: NonNullable<CaseFile['flaky']>): Flaky => ({
  failed,
  of,
  differed,
});

function failing(file: CaseFile, { trace, failure }: ReplayOutcome, violation: Violation): ReplayedFile {
  const isSame =
    violation.requirement === file.requirement &&
    // The step of a crash may be unknown, so the command is not compared.
    (violation.op === file.op || failure !== undefined);
  // The certificate in the file holds for the recorded failure only.
  const counterexample: Counterexample = {
    case: file.case,
    ...(file.earlier === undefined ? {} : { earlier: file.earlier }),
    trace,
    violation,
    failure,
    certificate: isSame ? file.certificate : 'found',
    slice: isSame ? file.slice : undefined,
    asked: 0,
    ...(isSame && file.flaky !== undefined ? { flaky: flakyOf(file.flaky) } : {}),
  };
  return { status: isSame ? 'still-fails' : 'fails-otherwise', counterexample, reason: undefined };
}

/** Less than for a new finding, because it delays the new cases of the run. */
const BUDGET = { asks: 100_000, milliseconds: 15_000 };

/** Shrinks a counterexample that a killed run left unshrunk; undefined if it no longer fails. */
export const shrinkLeftover = (
  target: Target,
  found: Counterexample,
  signal: AbortSignal,
  onAsk: () => Promise<void>,
  milliseconds: number = BUDGET.milliseconds,
): Promise<Counterexample | undefined> =>
  makeCounterexample(target, found.case, examinedOf(found), {
    asks: BUDGET.asks,
    milliseconds: Math.min(BUDGET.milliseconds, milliseconds),
    signal,
    onAsk,
  });

/** The examination in which it failed. */
function examinedOf({ trace, failure, violation }: Counterexample): Examined {
  if (trace !== undefined) {
    return { kind: 'judged', trace, verdict: { kind: 'violates', violation }, broken: [] };
  }
  return {
    kind: 'failed',
    failure: failure ?? { kind: 'crash', message: violation.observed, step: violation.step, stderr: '' },
  };
}
