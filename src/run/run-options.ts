import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Target } from '../targets/target.ts';
import type { CorpusOutcome } from './corpus-outcome.ts';
import type { Finding } from '../shrink/finding.ts';
import type { FindingStore } from './finding-store.ts';
import type { ProgressListener } from './progress.ts';

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
