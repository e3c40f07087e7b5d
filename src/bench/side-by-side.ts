/** A subject of timing: each call does all its work once. */
export interface Competitor {
  readonly name: string;
  readonly work: () => void | Promise<void>;
}

/** The milliseconds of each round of each competitor. */
export interface Timing {
  readonly name: string;
  readonly rounds: readonly number[];
}

/**
 * Times competitors in turn, A B C A B C …, after one warm-up round. A drift of the machine's speed then affects all of
 * them, and their ratios stay valid where single times do not.
 */
export async function sideBySide(
  contenders: readonly Competitor[],
  rounds: number,
): Promise<readonly Timing[]> {
  const timings = contenders.map(({ name }) => ({ name, rounds: [] as number[] }));
  for (let round = -1; round < rounds; round++) {
    for (const [index, { work }] of contenders.entries()) {
      const began = performance.now();
      await work();
      if (round >= 0) timings[index]?.rounds.push(performance.now() - began);
    }
  }
  return timings;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The median, over the rounds, of the speed of `fast` relative to `slow`. */
export const ratio = (fast: Timing | undefined, slow: Timing | undefined): number =>
  median((fast?.rounds ?? []).map((time, round) => (slow?.rounds[round] ?? Number.NaN) / time));
