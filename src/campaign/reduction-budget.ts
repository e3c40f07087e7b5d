import type { Case } from '../../spec/vocabulary/case.ts';
import type { Target } from '../targets/target.ts';

/** What a reduction is to take, in milliseconds; and the most it may take of a target that is slow. */
const AIM = 30_000;
const LONGEST = 120_000;
const LEAST_ASKS = 500;
const MOST_ASKS = 100_000;

/** How often a case is timed, and how long that may take, in milliseconds. */
const TIMINGS = 3;
const TIMING = 1000;

/** What one case costs on this target, in milliseconds: the least of a few runs, for the first may have to start it. */
export async function costOf(target: Target, testCase: Case): Promise<number> {
  const began = performance.now();
  let least = Infinity;
  for (let timing = 0; timing < TIMINGS && performance.now() - began < TIMING; timing++) {
    const before = performance.now();
    await target.run(testCase);
    least = Math.min(least, performance.now() - before);
  }
  return least;
}

/**
 * How much may be spent on reducing one failure, by what a case costs: half a minute; and on a target so slow that half
 * a minute is not enough to get anywhere, up to two.
 */
export function reductionBudget(cost: number): { readonly asks: number; readonly milliseconds: number } {
  const asks = Math.round(Math.min(MOST_ASKS, Math.max(LEAST_ASKS, AIM / cost)));
  return { asks, milliseconds: Math.min(LONGEST, Math.max(AIM, asks * cost)) };
}
