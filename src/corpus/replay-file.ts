import type { Violation } from '../../spec/judge/verdict.ts';
import { isShould } from '../../spec/requirements/catalogue.ts';
import type { CorpusItem } from '../run/corpus-outcome.ts';
import type { Counterexample } from '../shrink/finding.ts';
import type { Flaky } from '../judge/flaky.ts';
import { repetitionsFor } from '../judge/repetition.ts';
import { replay, type ReplayOutcome } from '../run/replay.ts';
import { devicesIn } from '../../spec/vocabulary/scope.ts';
import type { Effort } from '../targets/confirm.ts';
import type { Target } from '../targets/target.ts';
import type { CaseFile } from './case-file.ts';

/** What came of a counterexample that was run again. */
export type Replayed = Pick<CorpusItem, 'status' | 'counterexample' | 'reason'>;

/** How many of these follow one start of the target. */
const RUNS_OF_A_START = 5;
/** How often it must conform before it is called fixed: a failure may come and go. Where it is known to, longer. */
const TIMES = 3;
/** The most that is run of one that is rarer than this covers: seen once in 22 runs, it takes 65. */
const MAX_TIMES = 100;

/** What may be spent on finding the step of one that was not reduced. */
const BRIEFLY: Effort = { probes: 12, milliseconds: 10_000 };

/** Runs a saved counterexample on a target, which it was found on if its spec is that of the file. */
export async function replayFile(
  target: Target,
  targetSpec: string,
  file: CaseFile,
  stopped: () => boolean,
): Promise<Replayed> {
  const { profile } = file.case;
  if (!target.hello.profiles.includes(profile)) {
    return none('not-applicable', `the target does not follow ${profile}`);
  }
  if (devicesIn(file.case.scope) > 1 && !target.hello.capabilities.has('devices')) {
    return none('not-applicable', 'the target does not declare devices');
  }
  const { flaky } = file;
  const times = flaky === undefined ? TIMES : repetitionsFor(flaky, MAX_TIMES);
  // One that was reduced fails at its last step.
  const effort = file.certificate === 'found' ? BRIEFLY : { probes: 0, milliseconds: 0 };
  for (let time = 1; time <= times; time++) {
    // Fewer runs than it takes do not show that it is mended.
    if (time > TIMES && stopped()) return none('not-reached');
    // What other cases left behind says nothing of this one.
    if (time % RUNS_OF_A_START === 1) await target.restart?.();
    const outcome = await replay(target, file.case, { earlier: file.earlier, effort });
    const { verdict, disagreements, failure, notFollowed } = outcome;
    // The end of the run may have broken it off.
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
      return none('inconclusive', `model and properties disagree (${first.property}): a bug of this suite`);
    }
  }
  const declared = new Set<string>(target.hello.capabilities);
  const lost = file.target.capabilities.filter((name) => !declared.has(name));
  // What is not sent or not shown cannot go wrong any more, and is not mended by that.
  if (lost.length > 0) return none('not-applicable', `the target does not declare ${lost.join(', ')}`);
  const often =
    flaky === undefined
      ? undefined
      : `it failed in ${flaky.failed} of ${flaky.of} runs, and kept the rules in ${times} now`;
  return none(file.target.spec === targetSpec ? 'fixed' : 'conforms', often);
}

/**
 * A case that conformed on a target just started and failed when it was run again: because it had been run before, or
 * because the failure comes and goes.
 */
async function failsAfterItself(
  target: Target,
  file: CaseFile,
  outcome: ReplayOutcome,
  violation: Violation,
  effort: Effort | undefined,
): Promise<Replayed> {
  const earlier = [...(file.earlier ?? []), file.case];
  const again = await replay(target, file.case, { earlier, effort });
  if (again.verdict.kind !== 'violates') return failing(file, outcome, violation);
  const { status, counterexample, reason } = failing(file, again, again.verdict.violation);
  return { status, reason, counterexample: counterexample && { ...counterexample, earlier } };
}

const none = (status: Replayed['status'], reason?: string): Replayed => ({
  status,
  counterexample: undefined,
  reason,
});

/** Its rate is that of the run that measured it. */
const flakyOf = ({ failed, of, differed }: NonNullable<CaseFile['flaky']>): Flaky => ({
  failed,
  of,
  differed,
});

function failing(file: CaseFile, { trace, failure }: ReplayOutcome, violation: Violation): Replayed {
  const isSame =
    violation.requirement === file.requirement &&
    // Where a crash happened may not be known, so which command it was says nothing.
    (violation.op === file.op || failure !== undefined);
  // A file that tells of another failure than this case now shows has a certificate for that other failure.
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
