import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Target } from '../targets/target.ts';
import type { CorpusOutcome } from './outcome.ts';
import type { Finding } from '../shrink/finding.ts';

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
  /** Number of random cases in each profile, or total time. */
  readonly budget: { readonly runs: number } | { readonly milliseconds: number };
  /**
   * Requirements that weight the random cases and that must be covered; empty for all. Violations of other requirements
   * are still reported.
   */
  readonly focus: readonly RequirementId[];
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
}

/** Progress of a run, for display. */
export interface Progress {
  readonly profile: ProfileName;
  /** Number of the profile, from 1, and number of profiles. */
  readonly profileNumber: number;
  readonly profiles: number;
  readonly phase: 'exploring' | 'confirming' | 'reducing';
  /** Random cases of this profile, and cases of its directed suite, which come first. */
  readonly cases: number;
  readonly directed: { readonly cases: number; readonly of: number };
  /** Number of random cases requested in this profile; undefined with a time budget. */
  readonly wanted: number | undefined;
  readonly commands: number;
  readonly commandsPerSecond: number;
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
