import type { Rate } from './repetition.ts';
import type { RunDifference } from './run-difference.ts';

/** A failure that comes and goes: how often it was seen when the same steps were run again, and what was otherwise then. */
export interface Flaky extends Rate {
  /** Where a run that failed and one that did not first went apart; undefined where nothing that is shown differs. */
  readonly differed: RunDifference | undefined;
}
