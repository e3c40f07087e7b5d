/** Target duration of a shrink session, and its maximum for slow targets, in milliseconds. */
const AIM = 30_000;
const LONGEST = 120_000;
const LEAST_ASKS = 500;
const MOST_ASKS = 100_000;

/**
 * Limits for shrinking one failure, by the cost of a case: half a minute, or up to two minutes if half a minute does
 * not suffice for the minimum number of candidates.
 */
export function reductionBudget(cost: number): { readonly asks: number; readonly milliseconds: number } {
  const asks = Math.round(Math.min(MOST_ASKS, Math.max(LEAST_ASKS, AIM / cost)));
  return { asks, milliseconds: Math.min(LONGEST, Math.max(AIM, asks * cost)) };
}
