import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Target } from '../targets/target.ts';
import type { CorpusOutcome } from './corpus-outcome.ts';
import type { Finding } from './finding.ts';
import type { FindingStore } from './finding-store.ts';
import type { ProgressListener } from './progress.ts';

export interface RunOptions {
  readonly target: Target;
  /** More instances of the same target: cases are dealt out to all of them, and the outcome is the same. */
  readonly others?: readonly Target[];
  /** As it was given on the command line; kept with what is found. */
  readonly targetSpec: string;
  readonly profiles: readonly ProfileName[];
  readonly seed: number;
  /**
   * Whether each profile begins with the directed suite. It is run whole, whatever the budget; its cases do not count
   * against a number of cases, its time counts against a time.
   */
  readonly directed?: boolean;
  /** So many random cases in each profile; or so long, in all. */
  readonly budget: { readonly runs: number } | { readonly milliseconds: number };
  /** Requirements to steer by and to ask for; empty for all. Never hides a violation of another. */
  readonly focus: readonly RequirementId[];
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
  /** After how long `signal` ends the run, in milliseconds, where that is known. */
  readonly totalTimeout?: number | undefined;
  /** Keeps each finding as soon as it is made: first as it was found, then, in its place, as it was reduced. */
  readonly store?: FindingStore;
  /** Told of each finding, once it is saved. */
  readonly onFinding?: (finding: Finding) => void;
  /** What came of the counterexamples of earlier runs. It takes part in the verdict, and changes no case. */
  readonly corpus?: CorpusOutcome;
}
