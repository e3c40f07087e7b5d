import type { Case } from '../../spec/vocabulary/case.ts';
import { type Run, siteOf, type Target, type TargetFailure } from './target.ts';

/** The result of running a failed case again. */
export interface Confirmation {
  /** True if the case fails in the same way on a fresh target. */
  readonly confirmed: boolean;
  /** The result of the second attempt: the same failure, another one, or a trace. */
  readonly again: Run;
  /** The index of the failing command; undefined if it was not located. */
  readonly step: number | undefined;
  /** The duration of the last run on a fresh target, including its start, in milliseconds. */
  readonly cost: number;
}

/** Limits for confirming a failure and locating its step. One more run is made regardless of the limits. */
export interface Effort {
  readonly probes: number;
  readonly milliseconds: number;
  /** Ends the search for the step. */
  readonly signal?: AbortSignal | undefined;
}

/** Sufficient for a crashing case of 4,000 commands, and for some probes of a hanging one. */
export const EFFORT: Effort = { probes: 12, milliseconds: 60_000 };

/**
 * Runs a failed case again on a fresh target and, if it fails in the same way, locates the failing step. A hang is
 * confirmed with the whole time limit; the search and all later runs use reduced time limits.
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
  // Another failure does not refute the first: on a busy machine a fresh target may have started too slowly.
  if (again.kind === 'failure' && again.failure.kind !== first.kind && effort.signal?.aborted !== true)
    ({ run: again, cost } = await runAfresh(target, testCase));
  if (!isFailure(again, first)) return { confirmed: false, again, step: first.step, cost };
  if (first.kind === 'hang') target.hurry?.(true);
  const left = effort.milliseconds - (performance.now() - began);
  // Progress reports are requested after a failure, so the second failure contains the step.
  const known = first.step ?? (again.kind === 'failure' ? again.failure.step : undefined);
  const step = known ?? (await locate(target, testCase, first, { ...effort, milliseconds: left }, cost));
  return { confirmed: true, again, step, cost };
}

/**
 * The last command of the shortest failing prefix of the case, found by bisection: every extension of a failing prefix
 * is assumed to fail. Each probe runs on a fresh target, and a hanging probe costs its time limit, so the search stops
 * before a probe that would exceed the effort.
 */
async function locate(
  target: Target,
  testCase: Case,
  first: TargetFailure,
  effort: Effort,
  costBefore: number,
): Promise<number | undefined> {
  // Hanging probes are ended earlier from here on; the first probe shows how much they cost.
  let expected = first.kind === 'hang' ? 0 : costBefore;
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
    // A prefix that crashes elsewhere shows nothing about the step of this crash.
    if (isFailure(run, first) && siteOf(run.failure) === siteOf(first)) failing = length;
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

const isFailure = (run: Run, first: TargetFailure): run is Extract<Run, { kind: 'failure' }> =>
  run.kind === 'failure' && run.failure.kind === first.kind;
