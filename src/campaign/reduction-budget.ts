/** What a reduction is to take, in milliseconds; and the most it may take of a target that is slow. */
const AIM = 30_000;
const LONGEST = 120_000;
const LEAST_ASKS = 500;
const MOST_ASKS = 100_000;

/**
 * How much may be spent on reducing one failure, by what a case costs: half a minute; and on a target so slow that half
 * a minute is not enough to get anywhere, up to two.
 */
export function reductionBudget(cost: number): { readonly asks: number; readonly milliseconds: number } {
  const asks = Math.round(Math.min(MOST_ASKS, Math.max(LEAST_ASKS, AIM / cost)));
  return { asks, milliseconds: Math.min(LONGEST, Math.max(AIM, asks * cost)) };
}
