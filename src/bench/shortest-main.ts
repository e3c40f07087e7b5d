import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MUTANTS_TO_PROVE, type ShortestLength, shortestLengths } from './shortest-lengths.ts';

// Writes reports/shortest.md: for each planted bug and each way in which it fails, how short a counterexample can be, and
// how short the reducer's are. Takes minutes: node dist/src/bench/shortest-main.js [SEEDS [MILLISECONDS-PER-PROOF]]

const [seeds = 20, milliseconds = 5000] = process.argv.slice(2).map(Number);
const rows: ShortestLength[] = [];
for (const mutant of MUTANTS_TO_PROVE) {
  rows.push(...(await shortestLengths(mutant, seeds, milliseconds)));
  console.log(`${mutant.id}: ${rows.filter((row) => row.mutant === mutant.id).length} ways`);
}

const longest = ({ reduced, length }: ShortestLength): number => Math.max(...reduced) - length;
const byMutant = MUTANTS_TO_PROVE.map(({ id }) => rows.filter(({ mutant }) => mutant === id));
const always = byMutant.filter((ways) => ways.every((row) => longest(row) === 0)).length;
const worst = Math.max(...rows.map(longest));
const proved = rows.filter((row) => row.proved).length;

const text = `# How short counterexamples are

Written by \`node dist/src/bench/shortest-main.js ${seeds}\`. For each planted bug, the first failure of each of ${seeds} seeds was
reduced; the results are told apart by the way of failing (requirement, command, clause). For each way all cases of a
slice were tried, shortest first: the commands map, store, load, migrate-to-device, fork and those of the
counterexample, at 2 processes × 2 pages × 2 frames × 1 slot or the counterexample's own scope where that is larger,
values 1 and 2, with a look after every step. Nothing was renamed; states were the model's and the kernel's own.

- ${proved} of ${rows.length} lengths are proved. Of the others the table says up to which length everything was tried.
- From every seed the reducer ends at that length for ${always} of ${byMutant.length} mutants; at worst it is ${worst} above.

| mutant | way of failing | shortest | proved | commands beside the core | reduced, longest of | states |
| --- | --- | --- | --- | --- | --- | --- |
${rows
  .map(
    (row) =>
      `| ${row.mutant} | ${row.fingerprint} | ${row.length} | ${row.proved ? 'yes' : `up to ${row.searched}`} | ` +
      `${row.ops.join(', ') || '–'} | ${Math.max(...row.reduced)} of ${row.reduced.length} | ${row.states} |`,
  )
  .join('\n')}
`;
writeFileSync(fileURLToPath(new URL('../../../reports/shortest.md', import.meta.url)), text);
console.log(
  `${proved} of ${rows.length} proved; always shortest: ${always} of ${byMutant.length}; worst +${worst}`,
);
