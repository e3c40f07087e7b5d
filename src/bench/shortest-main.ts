import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMild, MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { mergeLengths } from './merge-lengths.ts';
import { ShortestLength, shortestLengths } from './shortest-lengths.ts';
import { HELD_OUT, shortestTable, shortestSummaryOf, summaryText, TUNED } from './shortest-table.ts';

// For each planted bug and each of its failures: the minimum length of a counterexample, and the lengths that the
// shrinker reaches.
//
//   node dist/src/bench/shortest-main.js                              writes reports/shortest.md in about 25 minutes
//   node dist/src/bench/shortest-main.js --part 1/2 --rows one.jsonl  half of it; then 2/2, concurrently or later; a
//                                                                     run that was stopped resumes where it stopped
//   node dist/src/bench/shortest-main.js --from one.jsonl --from two.jsonl    writes the report from both
//   node dist/src/bench/shortest-main.js --seeds 101-110              prints a summary of other seeds, writes no file

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    part: { type: 'string', default: '1/1' },
    rows: { type: 'string' },
    from: { type: 'string', multiple: true, default: [] },
    states: { type: 'string', default: '50000' },
  },
});
const [first = TUNED.first, last = HELD_OUT.last] = (values.seeds ?? '')
  .split('-')
  .filter(Boolean)
  .map(Number);
const [part = 1, parts = 1] = values.part.split('/').map(Number);
const mutants = MUTANTS.filter((mutant) => !isMild(mutant));

const rowsIn = (path: string): readonly ShortestLength[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => ShortestLength.parse(JSON.parse(line)));

const measured = values.from.flatMap(rowsIn);
if (values.from.length === 0) {
  // Rows that an earlier run measured are not measured again.
  if (values.rows !== undefined && existsSync(values.rows)) measured.push(...rowsIn(values.rows));
  const before = new Set(measured.map((row) => row.mutant));
  const seeds = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  for (const [index, mutant] of mutants.entries()) {
    if (index % parts !== part - 1 || before.has(mutant.id)) continue;
    const outcomes = await shortestLengths(mutant, seeds, Number(values.states));
    measured.push(...outcomes);
    const longer = outcomes.flatMap((row) => row.shrunk.filter(({ length }) => length > row.length));
    console.log(
      `${mutant.id}: ${outcomes.length} ways${longer.map(({ seed }) => `, longer from seed ${seed}`).join('')}`,
    );
    if (values.rows !== undefined) {
      appendFileSync(values.rows, outcomes.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
  }
}

const rows = mergeLengths(measured);
console.log(`${rows.filter(({ proved }) => proved).length} of ${rows.length} lengths proved`);
for (const seeds of values.seeds === undefined ? [TUNED, HELD_OUT] : [{ first, last }]) {
  const summary = shortestSummaryOf(rows, seeds);
  if (summary.mutants > 0) console.log(`seeds ${seeds.first}–${seeds.last}: ${summaryText(summary)}`);
}
if (values.seeds === undefined && parts === 1) {
  const order = new Map(mutants.map(({ id }, index) => [id, index]));
  const sorted = rows.toSorted((a, b) => (order.get(a.mutant) ?? 0) - (order.get(b.mutant) ?? 0));
  const path = fileURLToPath(new URL('../../../reports/shortest.md', import.meta.url));
  writeFileSync(path, shortestTable(sorted, mutants.length));
}
