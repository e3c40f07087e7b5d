import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PythonBugs } from '../mutation-testing/python-bug-search.ts';
import { halfOf, PYTHON_BUGS } from '../mutation-testing/python-bugs.ts';

// node dist/src/bench/python-bugs-main.js tuning|held-out SEED… : how many commands of random cases find each bug.
const MAX_COMMANDS = 20_000;

const [half, ...seeds] = process.argv.slice(2);
const bugs = PYTHON_BUGS.filter((bug) => halfOf(bug) === half);
if (bugs.length === 0 || seeds.length === 0) {
  console.error('usage: node dist/src/bench/python-bugs-main.js tuning|held-out SEED…');
  process.exit(2);
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[numbers.length >> 1] ?? Infinity;
const example = fileURLToPath(new URL('../../../src/targets/examples/zone_device.py', import.meta.url));
const python = await PythonBugs.start(readFileSync(example, 'utf8'), bugs);
const needed = new Map(bugs.map((bug) => [bug, [] as number[]]));
for (const seed of seeds) {
  const found = await python.search(Number(seed), MAX_COMMANDS);
  for (const [bug, commands] of needed) commands.push(found.get(bug) ?? Infinity);
  console.log(`seed ${seed}: ${found.size} of ${bugs.length} within ${MAX_COMMANDS} commands`);
}
python.close();
for (const [{ name }, commands] of [...needed].toSorted(
  ([, one], [, other]) => median(other) - median(one),
)) {
  console.log(`${name.padEnd(40)} ${commands.map((each) => String(each).padStart(8)).join('')}`);
}
const inMedian = [...needed.values()].filter((commands) => median(commands) <= MAX_COMMANDS).length;
console.log(
  `median of the seeds: ${inMedian} of ${bugs.length} (${((100 * inMedian) / bugs.length).toFixed(1)} %)`,
);
