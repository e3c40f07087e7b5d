import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Examined } from '../examine/examiner.ts';
import type { Counterexample, Finding } from '../shrink/finding.ts';
import type { Failing } from '../shrink/first-divergence.ts';
import type { ShrinkBudget } from '../shrink/shrink-session.ts';
import type { Target, TargetFailure } from '../targets/target.ts';
import type { CorpusOutcome } from './outcome.ts';
import type { SpecificationSlice, StrategyName } from '../search/case-plan.ts';
import type { Shard } from './profile-cases.ts';
import type { Stretches, StretchRequest, StretchSource } from './stretch.ts';

/** The number of states of a slice found so far, and of those whose transitions are known; then the moves made. */
export interface SliceProgress {
  readonly states: number;
  readonly expanded: number;
  readonly moves?: Progress['moves'];
}

/**
 * Number of random cases in each profile; total time; or in each profile until it is quiet (`Quiet`), or until its strategy
 * has no more cases.
 */
export type RunBudget =
  | { readonly runs: number }
  | { readonly milliseconds: number }
  | { readonly untilQuiet: true }
  | { readonly untilEnd: true };

export interface RunOptions {
  readonly target: Target;
  /** More instances of the same target for parallel execution; the outcome does not depend on them. */
  readonly others?: readonly Target[];
  /** The target, as given on the command line; saved with findings. */
  readonly targetSpec: string;
  readonly profiles: readonly ProfileName[];
  readonly seed: number;
  /**
   * Whether each profile begins with the directed suite. It is run whole regardless of the budget; its cases do not
   * count against a number of cases, but its time counts against a time budget.
   */
  readonly directed?: boolean;
  /** The origin of the cases after the directed suite; random by default. */
  readonly strategy?: StrategyName;
  /** Of the strategy `complete`: the number of states that the target may have besides those that are found; 0 by default. */
  readonly extraStates?: number | undefined;
  /** The part of the specification whose coverage is measured. Random cases are then drawn within it. */
  readonly slice?: SpecificationSlice | undefined;
  /** Receives the progress of the work on the slice that comes before the cases. */
  readonly onSlice?: (progress: SliceProgress) => void;
  readonly budget: RunBudget;
  /**
   * Requirements that weight the random cases and that must be covered; empty for all. Violations of other requirements
   * are still reported.
   */
  readonly focus: readonly RequirementId[];
  /** Whether to end the run after the first finding, or before the first case if a saved counterexample still fails. */
  readonly bail?: boolean;
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
  /** Time after which `signal` ends the run, in milliseconds, if known. */
  readonly totalTimeout?: number | undefined;
  /** Saves each finding immediately: first unshrunk, then its shrunk replacement. */
  readonly store?: FindingStore;
  /** Receives each finding after it is saved. */
  readonly onFinding?: (finding: Finding) => void;
  /** The results of replaying earlier counterexamples. They count in the verdict and influence no case. */
  readonly corpus?: CorpusOutcome;
  /** The part of the cases to run; all by default. The uncovered requirements of a part are not reported. */
  readonly shard?: Shard;
  /** Whether no cases are planned that depend on the choices of the target: a shard does not know those in the others. */
  readonly isPlanFixed?: boolean;
  /** Runs the cases elsewhere than on `target` and `others`. */
  readonly workers?: StretchSource;
  /** Supplies recorded results, and records new ones. */
  readonly journal?: RunJournal;
  /** Shrinks failing cases elsewhere than on the target. */
  readonly shrink?: Shrink;
}

/** Recorded results of a run. */
export interface RunJournal {
  /** The recorded results of a profile, followed by those of `live` from the place after them. */
  stretches(request: StretchRequest, live: StretchSource): Stretches;
  /** The recorded result of shrinking a case; otherwise shrinks it and records the result. */
  shrink(job: ShrinkJob, live: Shrink): Promise<ShrinkResult>;
}

/** A failing case to be shrunk. */
export interface ShrinkJob extends Omit<
  ShrinkBudget,
  'asks' | 'byCost' | 'signal' | 'onAsk' | 'onProtocolError' | 'onOtherFailure'
> {
  readonly case: Case;
  readonly examined: Examined;
  /** The instance on which it failed. */
  readonly target: Target;
}

export interface ShrinkResult {
  /** Undefined if the case did not fail again. */
  readonly counterexample: Counterexample | undefined;
  /** Failures with other fingerprints that occurred meanwhile, one for each fingerprint. */
  readonly others: readonly Failing[];
  readonly protocolErrors: readonly TargetFailure[];
}

export type Shrink = (job: ShrinkJob) => Promise<ShrinkResult>;

/** Progress of a run, for display. */
export interface Progress {
  readonly profile: ProfileName;
  /** Number of the profile, from 1, and number of profiles. */
  readonly profileNumber: number;
  readonly profiles: number;
  readonly phase: 'exploring' | 'confirming' | 'reducing';
  /** Number of candidates that the target has run since shrinking began; 0 in other phases. */
  readonly tried: number;
  /** Random cases of this profile, and cases of its directed suite, which come first. */
  readonly cases: number;
  readonly directed: { readonly cases: number; readonly of: number };
  /** Number of random cases requested in this profile; undefined if that is not known. */
  readonly wanted: number | undefined;
  /** The number of cases of the strategy, once it is known. */
  readonly planned: number | undefined;
  readonly commands: number;
  readonly commandsPerSecond: number;
  readonly strategy: StrategyName;
  /** Commands that were executed in the states of the slice that admit them, and all of these. */
  readonly moves: { readonly made: number; readonly of: number } | undefined;
  /** Number of covered requirements, of those that this target can cover. */
  readonly covered: number;
  readonly coverable: number;
  readonly findings: number;
  /** Milliseconds since the start of the run, and an estimate of the remaining ones for all profiles. */
  readonly elapsed: number;
  readonly left: number | undefined;
  /** Number of cases since a requirement was first covered or a finding was made. */
  readonly sinceNew: number;
}

export type ProgressListener = (progress: Progress) => void;

/** The part of a finding that is saved; the caller knows the run. */
export type SavedFinding = Pick<Finding, 'counterexample' | 'index' | 'directed'>;

/** Saves findings so that a run that is killed does not lose them. */
export interface FindingStore {
  /** Saves a finding and returns its file; undefined if it could not be saved. */
  save(finding: SavedFinding): Promise<string | undefined>;
  /** Deletes the file of a finding that is saved in another file, or that is a duplicate. */
  discard(file: string): Promise<void>;
}

/** Deletes the file of an unshrunk case once another file replaces it. */
export async function forget(
  store: FindingStore | undefined,
  unshrunk: string | undefined,
  standsForIt: string | undefined,
): Promise<void> {
  if (unshrunk === undefined || standsForIt === undefined || unshrunk === standsForIt) return;
  await store?.discard(unshrunk);
}
