import type { ShrunkFrom, ShortestLength } from './shortest-lengths.ts';

/** A set of seeds, and its relation to the shrinker. */
export interface Seeds {
  readonly first: number;
  readonly last: number;
}

/** The seeds that the limits of the shrinker were tuned with, and seeds that it was never tuned with. */
export const TUNED: Seeds = { first: 1, last: 20 };
export const HELD_OUT: Seeds = { first: 21, last: 40 };

/** The number of times that the shrinker reached the shortest length, from some seeds. */
interface Summary {
  readonly shrinkings: number;
  readonly longer: number;
  readonly mutants: number;
  readonly always: number;
  readonly worst: number;
}

const isIn =
  ({ first, last }: Seeds) =>
  ({ seed }: ShrunkFrom): boolean =>
    seed >= first && seed <= last;

export function shortestSummaryOf(rows: readonly ShortestLength[], seeds: Seeds): Summary {
  const excesses = new Map<string, number[]>();
  for (const { mutant, length, shrunk } of rows) {
    const above = shrunk.filter(isIn(seeds)).map((one) => one.length - length);
    if (above.length > 0) excesses.set(mutant, [...(excesses.get(mutant) ?? []), ...above]);
  }
  const all = [...excesses.values()].flat();
  return {
    shrinkings: all.length,
    longer: all.filter((excess) => excess > 0).length,
    mutants: excesses.size,
    always: [...excesses.values()].filter((each) => each.every((excess) => excess === 0)).length,
    worst: Math.max(0, ...all),
  };
}

export const summaryText = ({ shrinkings, longer, mutants, always, worst }: Summary): string =>
  `always at that length for ${always} of ${mutants} mutants (${((100 * always) / mutants).toFixed(1)} %); ` +
  `${shrinkings - longer} of ${shrinkings} reductions; at worst ${worst} above it`;

const rowText = ({
  mutant,
  fingerprint,
  length,
  proved,
  searched,
  ops,
  shrunk,
  states,
}: ShortestLength): string =>
  [
    mutant,
    fingerprint,
    length,
    proved ? 'yes' : `up to ${searched}`,
    ops.join(', ') || '–',
    `${Math.max(...shrunk.map((one) => one.length))} of ${shrunk.length}`,
    states,
  ].join(' | ');

/** The seeds of the set for which there are shrunk cases. */
function seedsAmong(rows: readonly ShortestLength[], seeds: Seeds): Seeds {
  const present = rows.flatMap(({ shrunk }) => shrunk.filter(isIn(seeds)).map(({ seed }) => seed));
  return { first: Math.min(...present), last: Math.max(...present) };
}

const lineOf = (rows: readonly ShortestLength[], seeds: Seeds, what: string): string => {
  const { first, last } = seedsAmong(rows, seeds);
  return first > last
    ? ''
    : `- Seeds ${first}–${last}, ${what}: ${summaryText(shortestSummaryOf(rows, seeds))}.\n`;
};

/** The report: the summaries, and a line for each failure of each mutant. */
export function shortestTable(rows: readonly ShortestLength[], mutants: number): string {
  const proved = rows.filter((row) => row.proved).length;
  const seeds = new Set(rows.flatMap(({ shrunk }) => shrunk.map(({ seed }) => seed))).size;
  const measured = new Set(rows.map(({ mutant }) => mutant)).size;
  const which = measured === mutants ? `each of the ${mutants}` : `${measured} of the ${mutants}`;
  return `# How short counterexamples are

Written by \`node dist/src/bench/shortest-main.js\`. For ${which} planted bugs that break a MUST, the first failure
of each of ${seeds} seeds was reduced; the results are told apart by the way of failing (requirement, command, clause). For
each way all cases of a slice were tried, shortest first: the commands map, store, load, migrate-to-device, fork and those
of the counterexample, at 2 processes × 2 pages × 2 frames × 1 slot or the counterexample's own scope where that is
larger, values 1 and 2, with a look after every step. Nothing was renamed; states were the model's and the kernel's own,
so that nothing is assumed. A proof ends at a number of states and not of seconds: every machine comes to this table.

- ${proved} of ${rows.length} lengths are proved. Of the others the table says up to which length everything was tried; there the
  shortest is the shortest that was seen, from any seed.
${lineOf(rows, TUNED, "which the reducer's limits were chosen by")}${lineOf(rows, HELD_OUT, 'held out')}
| mutant | way of failing | shortest | proved | commands beside the core | reduced, longest of | states |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${rowText(row)} |`).join('\n')}
`;
}
