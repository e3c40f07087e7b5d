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
}

/** How much may be spent on finding the step. */
export interface Effort {
  readonly probes: number;
  readonly milliseconds: number;
}

/** Enough for a case of 4,000 commands that crashes, and for some probes of one that hangs. */
const EFFORT: Effort = { probes: 12, milliseconds: 60_000 };

/** Runs a failed case again on a fresh target; if it fails in the same way, finds out where. */
export async function confirmFailure(
  target: Target,
  testCase: Case,
  first: TargetFailure,
  effort: Effort = EFFORT,
): Promise<Confirmation> {
  const began = performance.now();
  let again = await runAfresh(target, testCase);
  // Another failure says nothing of the first: on a busy machine a fresh target may not have started in time.
  if (again.kind === 'failure' && again.failure.kind !== first.kind)
    again = await runAfresh(target, testCase);
  if (!isFailure(again, first.kind)) return { confirmed: false, again, step: first.step };
  const left = effort.milliseconds - (performance.now() - began);
  // A target that reports its progress is asked to once it has failed, so the second failure tells where it was.
  const known = first.step ?? (again.kind === 'failure' ? again.failure.step : undefined);
  const step = known ?? (await locate(target, testCase, first.kind, { ...effort, milliseconds: left }));
  return { confirmed: true, again, step };
}

/**
 * The last command of the shortest beginning of the case that fails in the same way. Found by halving: a beginning
 * that fails is taken to fail however it goes on. Each probe runs on a fresh target, and one that hangs costs the
 * whole time limit, so at the end of the effort the search is given up.
 */
async function locate(
  target: Target,
  testCase: Case,
  kind: FailureKind,
  effort: Effort,
): Promise<number | undefined> {
  const began = performance.now();
  let passing = 0;
  let failing = testCase.commands.length;
  let probes = 0;
  while (failing - passing > 1) {
    if (probes === effort.probes || performance.now() - began >= effort.milliseconds) return undefined;
    probes++;
    const length = (passing + failing) >> 1;
    const run = await runAfresh(target, { ...testCase, commands: testCase.commands.slice(0, length) });
    if (isFailure(run, kind)) failing = length;
    else passing = length;
  }
  return failing === 0 ? undefined : failing - 1;
}

async function runAfresh(target: Target, testCase: Case): Promise<Run> {
  await target.restart?.();
  return target.run(testCase);
}

const isFailure = (run: Run, kind: FailureKind): boolean =>
  run.kind === 'failure' && run.failure.kind === kind;
