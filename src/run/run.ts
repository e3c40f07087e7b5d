import {
  type CorpusItem,
  hasProblems,
  isWholeSlice,
  type ProfileOutcome,
  type RunOutcome,
  type RunVerdict,
} from './outcome.ts';
import { hasBailed, isStillBroken } from './profile-counts.ts';
import type { MadeGroups } from './finding-groups.ts';
import { ProfileRun } from './profile-run.ts';
import { specificationFor } from './specification.ts';
import type { RunBudget, RunOptions } from './run-options.ts';
import { withHistory } from '../targets/earlier-cases.ts';

/** Runs the suite against a target, one profile after the other, until the budget is spent. */
export async function run(options: RunOptions): Promise<RunOutcome> {
  const began = performance.now();
  // Reduced time limits from the replay of the corpus do not apply to the cases of this run.
  for (const target of [options.target, ...(options.others ?? [])]) target.hurry?.(false);
  const profiles: ProfileOutcome[] = [];
  const made: MadeGroups = [];
  const targets = {
    target: withHistory(options.target),
    ...(options.others === undefined ? {} : { others: options.others.map(withHistory) }),
  };
  for (const [index, profile] of options.profiles.entries()) {
    // The first profile is reported even if the run is interrupted before it begins.
    const isOver = options.signal?.aborted === true || hasBailed(options, profiles);
    if (isOver && profiles.length > 0) break;
    const left = options.profiles.length - index;
    const budgetNow = (): RunBudget =>
      'milliseconds' in options.budget
        ? { milliseconds: (options.budget.milliseconds - (performance.now() - began)) / left }
        : options.budget;
    const profileBegan = performance.now();
    const share = budgetNow();
    const specification = await specificationFor(
      options,
      profile,
      () => 'milliseconds' in share && performance.now() - profileBegan > share.milliseconds,
    );
    const budget = budgetNow();
    const whole = { began, profileNumber: index + 1, made, specification };
    profiles.push(await new ProfileRun({ ...options, ...targets }, profile, budget, whole).run());
  }
  // Another shard may cover a requirement that this one does not cover.
  const judged = options.shard === undefined ? profiles.filter((profile) => !isWholeSlice(profile)) : [];
  const uncovered = [
    ...new Set(
      judged.flatMap(({ requirements }) =>
        requirements
          .filter(({ requirement, status }) => status === 'not-covered' && requirement.level === 'MUST')
          .map(({ requirement }) => requirement.id)
          .filter((id) => options.focus.length === 0 || options.focus.includes(id)),
      ),
    ),
  ];
  return {
    target: options.target.hello,
    targetSpec: options.targetSpec,
    seed: options.seed,
    strategy: options.strategy,
    verdict: verdictOf(profiles, uncovered, options.corpus?.items ?? []),
    profiles,
    elapsed: performance.now() - began,
    interrupted: options.signal?.aborted === true,
    uncovered,
    corpus: options.corpus,
  };
}

function verdictOf(
  profiles: readonly ProfileOutcome[],
  uncovered: readonly string[],
  corpus: readonly CorpusItem[],
): RunVerdict {
  if (profiles.some(({ findings }) => findings.length > 0)) return 'violates';
  if (corpus.some(isStillBroken)) return 'violates';
  const failures = profiles.flatMap(({ protocolErrors }) =>
    protocolErrors.map(({ failure }) => failure.kind),
  );
  if (failures.includes('protocol')) return 'protocol-error';
  // The target could not be started again, refused a case, or failed in a way that was not confirmed.
  if (failures.length > 0) return 'inconclusive';
  if (profiles.some(hasProblems)) return 'inconclusive';
  if (corpus.some(({ status }) => status === 'inconclusive')) return 'inconclusive';
  const isExecuted = profiles.some(
    ({ sent, specification }) => sent + (specification?.moves.onCopies ?? 0) > 0,
  );
  if (!isExecuted) return 'nothing-applicable';
  return uncovered.length > 0 ? 'inconclusive' : 'conforms';
}
