import type { Rate } from './repetition.ts';
import type { RunDifference } from './run-difference.ts';

/** A flaky failure: its rate over repeated runs, and the first difference between a failing and a passing run. */
export interface Flaky extends Rate {
  /** The first difference between a failing and a passing run; undefined if no shown part differs. */
  readonly differed: RunDifference | undefined;
}
