/** Target duration of a shrink session, and its maximum for slow targets, in milliseconds. */
const AIM = 30_000;
const LONGEST = 120_000;
const MIN_ASKS = 500;
const MAX_RUNS_OF_SESSION = 100_000;

/**
 * Limits for shrinking one failure, by the cost of a case: half a minute, or up to two minutes if half a minute does
 * not suffice for the minimum number of candidates.
 */
export function shrinkBudget(cost: number): { readonly asks: number; readonly milliseconds: number } {
  const asks = Math.round(Math.min(MAX_RUNS_OF_SESSION, Math.max(MIN_ASKS, AIM / cost)));
  return { asks, milliseconds: Math.min(LONGEST, Math.max(AIM, asks * cost)) };
}
