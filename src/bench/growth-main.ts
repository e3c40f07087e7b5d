import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { scopeAsOption } from '../report/specification-text.ts';
import type { ProfileOutcome } from '../run/outcome.ts';
import { run } from '../run/run.ts';
import type { RunOptions } from '../run/run-options.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';

// How time and memory grow with the size of a slice, and with the number of cases, on the embedded target. Each row is a
// process of its own, so that its memory is its own.
//
//   npm run bench:growth                                     all rows (half an hour)
//   npm run bench:growth -- --sizes 2x1x1,2x2x1 --cases 200,2000

/** Commands in a case, about: 10^4 to 10^7 commands are these numbers of cases. */
const CASES = [160, 1600, 16_000, 160_000];
const SIZES: readonly Scope[] = [
  { processes: 2, pages: 1, frames: 1, slots: 0 },
  { processes: 2, pages: 1, frames: 2, slots: 0 },
  { processes: 2, pages: 2, frames: 1, slots: 0 },
  { processes: 2, pages: 2, frames: 2, slots: 0 },
];
const PROFILE = 'linux-6.12';

/** What a row measures: every transition of a slice, or a number of random cases. */
type Row = { readonly size: Scope } | { readonly cases: number };

async function measured(options: Pick<RunOptions, 'budget' | 'strategy' | 'slice'>): Promise<ProfileOutcome> {
  const outcome = await run({
    ...options,
    target: new EmbeddedTarget(),
    targetSpec: 'embedded',
    profiles: [PROFILE],
    seed: 7,
    focus: [],
  });
  const [profile] = outcome.profiles;
  if (profile === undefined || profile.findings.length > 0) throw new Error('The embedded kernel fails.');
  return profile;
}

/** Runs a row in this process; returns its line. */
async function lineOf(row: Row): Promise<string> {
  const isSlice = 'size' in row;
  const profile = await measured(
    isSlice
      ? {
          budget: { untilEnd: true },
          strategy: 'transitions',
          slice: { scope: row.size, families: ['core'] },
        }
      : { budget: { runs: row.cases } },
  );
  const { user, system } = process.cpuUsage();
  const seconds = (user + system) / 1e6;
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  const { specification } = profile;
  const figures =
    specification === undefined
      ? [profile.cases, profile.commands, `${Math.round(profile.cases / seconds)} cases/s`]
      : [
          specification.states.of,
          specification.moves.of,
          specification.transitions.of,
          `${specification.moves.made.toLocaleString('en')} executed`,
        ];
  const name = isSlice ? scopeAsOption(row.size) : 'cases';
  return [
    name,
    ...figures.map((figure) => figure.toLocaleString('en')),
    `${seconds.toFixed(1)} s`,
    `${megabytes} MB`,
  ].join('   ');
}

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: SIZES.map(scopeAsOption).join(',') },
    cases: { type: 'string', default: CASES.join(',') },
    row: { type: 'string' },
  },
});

function rowNamed(text: string): Row {
  const size = SIZES.find((one) => scopeAsOption(one) === text);
  if (size !== undefined) return { size };
  const cases = Number(text);
  if (Number.isInteger(cases) && cases > 0) return { cases };
  console.error(`Expected ${SIZES.map(scopeAsOption).join(', ')} or a number of cases, not ${text}.`);
  process.exit(2);
}

/** Measures each row in a process of its own. */
function printRows(heading: string, names: readonly string[]): void {
  if (names.length > 0) console.log(heading);
  for (const name of names) {
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--row', name], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exit(status ?? 1);
  }
}

if (values.row === undefined) {
  const names = [...values.sizes.split(','), ...values.cases.split(',')].filter((name) => name !== '');
  const rows = names.map((name) => ({ name, row: rowNamed(name) }));
  const namesOf = (kind: 'size' | 'cases'): readonly string[] =>
    rows.filter(({ row }) => kind in row).map(({ name }) => name);
  console.log(`Profile ${PROFILE}. Processor time of the whole process, and its largest resident memory.`);
  printRows('slice of the core: states, commands in states, transitions', namesOf('size'));
  printRows('random cases: number, commands, rate', namesOf('cases'));
} else {
  console.log(await lineOf(rowNamed(values.row)));
}
