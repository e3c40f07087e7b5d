import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Coverage, Examined } from '../examine/examiner.ts';
import type { SliceWatcher, TransitionsTaken } from '../search/transition-coverage.ts';
import type { Target } from '../targets/target.ts';
import type { ProfileCases, Shard } from './profile-cases.ts';
import type { CaseTotals, UnjudgedCases } from './profile-counts.ts';

/** Totals over some cases of a profile, as plain data. */
interface StretchTotals {
  readonly counts: CaseTotals;
  readonly coverage: Coverage;
  readonly unjudged: UnjudgedCases;
  /** The points of its own code that the target reported for these cases; undefined for a target that reports none. */
  readonly targetCoverage?: readonly number[] | undefined;
  /** The transitions of the slice that no earlier case has taken; undefined in a run without a slice. */
  readonly transitions?: TransitionsTaken | undefined;
}

/** A case that needs a decision: it fails, or model and properties disagree, or a SHOULD is not followed. */
export interface NotableCase {
  readonly place: number;
  readonly case: Case;
  readonly examined: Examined;
  /** The instance that ran it, in this process; it is idle until the next stretch is taken. */
  readonly target?: Target | undefined;
}

/**
 * The results of consecutive cases of one profile. A run is a sequence of stretches in the order of their places,
 * wherever their cases were run. At most the last case is notable.
 */
export interface Stretch {
  /** The place of the first case, and the place after the last one. */
  readonly from: number;
  readonly to: number;
  /** Includes the notable case. */
  readonly totals: StretchTotals;
  readonly notable?: NotableCase | undefined;
}

/** Stretches in the order of their places. */
export interface Stretches {
  /** The next stretch; undefined after the last one. */
  next(): Promise<Stretch | undefined>;
  /** Starts no more cases and waits for the running ones. */
  end(): Promise<void>;
}

/** One profile of a run whose cases are to be run. */
export interface StretchRequest {
  readonly profile: ProfileName;
  readonly cases: ProfileCases;
  readonly shard: Shard;
  /** The first place to run. */
  readonly from: number;
  /** Whether the case at a place is to be run; asked in the order of places. */
  readonly isWanted: (place: number) => boolean;
  readonly signal: AbortSignal | undefined;
  /** Follows the cases that are judged in this process. */
  readonly watcher?: SliceWatcher | undefined;
}

/** A source of the results of one profile. */
export type StretchSource = (request: StretchRequest) => Stretches;
