import type { Case } from '../../spec/vocabulary/case.ts';
import type { FailureKind, Run, Target, TargetFailure } from './target.ts';

/** What is known of a failure after it was tried again. */
export interface Confirmation {
  /** Whether the case fails in the same way on a fresh target. */
  readonly confirmed: boolean;
  /** What the second attempt came to: the same failure, another one, or a trace. */
  readonly again: Run;
  /** The index in the case of the command at which it fails; undefined where it was not found out. */
  readonly step: number | undefined;
  /** How long the last run on a fresh target took, its start included, in milliseconds. */
  readonly cost: number;
}

/** How much may be spent on confirming a failure and finding its step. It is run once more however long that takes. */
export interface Effort {
  readonly probes: number;
  readonly milliseconds: number;
  /** Ends the search for the step. */
  readonly signal?: AbortSignal | undefined;
}

/** Enough for a case of 4,000 commands that crashes, and for some probes of one that hangs. */
export const EFFORT: Effort = { probes: 12, milliseconds: 60_000 };

/**
 * Runs a failed case again on a fresh target; if it fails in the same way, finds out where. A hang is confirmed with the
 * whole time limit; the search after it, and whatever the target runs from then on, is in a hurry.
 */
export async function confirmFailure(
  target: Target,
  testCase: Case,
  first: TargetFailure,
  effort: Effort = EFFORT,
): Promise<Confirmation> {
  const began = performance.now();
  target.hurry?.(false);
  let { run: again, cost } = await runAfresh(target, testCase);
  // Another failure says nothing of the first: on a busy machine a fresh target may not have started in time.
  if (again.kind === 'failure' && again.failure.kind !== first.kind && effort.signal?.aborted !== true)
    ({ run: again, cost } = await runAfresh(target, testCase));
  if (!isFailure(again, first.kind)) return { confirmed: false, again, step: first.step, cost };
  if (first.kind === 'hang') target.hurry?.(true);
  const left = effort.milliseconds - (performance.now() - began);
  // A target that reports its progress is asked to once it has failed, so the second failure tells where it was.
  const known = first.step ?? (again.kind === 'failure' ? again.failure.step : undefined);
  const step = known ?? (await locate(target, testCase, first.kind, { ...effort, milliseconds: left }, cost));
  return { confirmed: true, again, step, cost };
}

/**
 * The last command of the shortest beginning of the case that fails in the same way. Found by halving: a beginning
 * that fails is taken to fail however it goes on. Each probe runs on a fresh target, and one that hangs costs its
 * time limit, so the search is given up before a probe that would take longer than the effort.
 */
async function locate(
  target: Target,
  testCase: Case,
  kind: FailureKind,
  effort: Effort,
  costBefore: number,
): Promise<number | undefined> {
  // What hangs is given up earlier from here on; how much earlier, the first probe tells.
  let expected = kind === 'hang' ? 0 : costBefore;
  const began = performance.now();
  let passing = 0;
  let failing = testCase.commands.length;
  let probes = 0;
  while (failing - passing > 1) {
    const ends = performance.now() - began + expected;
    if (probes === effort.probes || ends >= effort.milliseconds || effort.signal?.aborted === true)
      return undefined;
    probes++;
    const length = (passing + failing) >> 1;
    const shorter = { ...testCase, commands: testCase.commands.slice(0, length) };
    const { run, cost } = await runAfresh(target, shorter);
    if (isFailure(run, kind)) failing = length;
    else passing = length;
    expected = Math.max(expected, cost);
  }
  return failing === 0 ? undefined : failing - 1;
}

async function runAfresh(
  target: Target,
  testCase: Case,
): Promise<{ readonly run: Run; readonly cost: number }> {
  await target.restart?.();
  const began = performance.now();
  const run = await target.run(testCase);
  return { run, cost: performance.now() - began };
}

const isFailure = (run: Run, kind: FailureKind): boolean =>
  run.kind === 'failure' && run.failure.kind === kind;
