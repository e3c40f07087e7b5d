import type { ShortestLength } from './shortest-lengths.ts';

/** One row for each failure of each mutant, where the seeds were processed in portions. */
export function mergeLengths(rows: readonly ShortestLength[]): readonly ShortestLength[] {
  const merged = new Map<string, ShortestLength>();
  for (const row of rows) {
    const key = `${row.mutant} ${row.fingerprint}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? row : mergedOf(known, row));
  }
  return [...merged.values()];
}

/** The row with the shorter length; for equal lengths, the row with more information. */
function mergedOf(one: ShortestLength, other: ShortestLength): ShortestLength {
  const isBetter =
    one.length < other.length ||
    (one.length === other.length && (one.proved || (!other.proved && one.searched >= other.searched)));
  const bySeed = new Map([...one.shrunk, ...other.shrunk].map((each) => [each.seed, each]));
  return { ...(isBetter ? one : other), shrunk: [...bySeed.values()] };
}
