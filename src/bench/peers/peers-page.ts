import { median } from '../side-by-side.ts';
import type { PeerSearch } from './peer-search.ts';

/** The measurements of one tool. */
export interface PeerResult {
  readonly name: string;
  readonly commandsPerSecond: number;
  /** The searches of each bug. */
  readonly searches: ReadonlyMap<string, readonly PeerSearch[]>;
}

/** A planted bug, with the proven length of its shortest counterexample in the slice. */
export interface SliceBug {
  readonly id: string;
  readonly shortest: number;
}

export interface PeersRun {
  readonly bugs: readonly SliceBug[];
  readonly seeds: number;
  readonly shrunk: number;
  readonly maxCommands: number;
  readonly bareCommandsPerSecond: number;
  /** This suite, then the others. */
  readonly results: readonly PeerResult[];
  /** The tools that are not installed, in words. */
  readonly missing: readonly string[];
}

type Figure = (search: PeerSearch) => number;

const commandsToFind: Figure = ({ isFound, commands }) => (isFound ? commands : Infinity);
const secondsToFind: Figure = ({ isFound, seconds }) => (isFound ? seconds : Infinity);

const searchesOf = ({ searches }: PeerResult, { id }: SliceBug): readonly PeerSearch[] =>
  searches.get(id) ?? [];
const medianOf = (result: PeerResult, bug: SliceBug, figure: Figure): number =>
  median(searchesOf(result, bug).map((search) => figure(search)));
const shrunkOf = (result: PeerResult, bug: SliceBug): readonly PeerSearch[] =>
  searchesOf(result, bug).filter(({ length }) => length !== null);
const lengthsOf = (result: PeerResult, bug: SliceBug): readonly number[] =>
  shrunkOf(result, bug).flatMap(({ length }) => length ?? []);

/** The time with shrinking, over the seeds whose failures were shrunk. */
const secondsWithShrinking = (result: PeerResult, bug: SliceBug): number =>
  median(shrunkOf(result, bug).map(({ allSeconds }) => allSeconds));

const overBugs = ({ bugs }: PeersRun, figure: (bug: SliceBug) => number): number => median(bugs.map(figure));

const short = (number: number): string => {
  if (!Number.isFinite(number)) return '–';
  return number >= 100 ? Math.round(number).toLocaleString('en-US') : String(Number(number.toPrecision(2)));
};
const milliseconds = (seconds: number): string => short(seconds * 1000);

const rowOf = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const tableOf = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [rowOf(head), rowOf(head.map(() => '---')), ...rows.map((cells) => rowOf(cells))].join('\n');

/** The summary: one row for each tool, medians over the bugs. */
export function peersSummary(run: PeersRun): string {
  const [own] = run.results;
  if (own === undefined) throw new Error('nothing was measured');
  return tableOf(
    [
      'tool',
      'commands/s',
      'of the bare loop',
      'commands to find',
      '× zdc',
      'ms to find',
      '× zdc',
      'ms with shrinking',
      '× zdc',
      'length ÷ shortest',
      'missed',
    ],
    run.results.map((result) => {
      const times = (figure: (result: PeerResult, bug: SliceBug) => number): string =>
        short(overBugs(run, (bug) => figure(result, bug) / figure(own, bug)));
      return [
        result.name,
        short(result.commandsPerSecond),
        short(result.commandsPerSecond / run.bareCommandsPerSecond),
        short(overBugs(run, (bug) => medianOf(result, bug, commandsToFind))),
        times((of, bug) => medianOf(of, bug, commandsToFind)),
        milliseconds(overBugs(run, (bug) => medianOf(result, bug, secondsToFind))),
        times((of, bug) => medianOf(of, bug, secondsToFind)),
        milliseconds(overBugs(run, (bug) => secondsWithShrinking(result, bug))),
        times(secondsWithShrinking),
        overBugs(run, (bug) => median(lengthsOf(result, bug)) / bug.shortest).toFixed(2),
        run.bugs.flatMap((bug) => searchesOf(result, bug)).filter(({ isFound }) => !isFound).length,
      ];
    }),
  );
}

/** For each bug and tool: median of commands to find it, milliseconds, and lengths of counterexamples. */
function bugTable(run: PeersRun): string {
  return tableOf(
    ['planted bug', 'shortest', ...run.results.map(({ name }) => name)],
    run.bugs.map((bug) => [
      bug.id,
      bug.shortest,
      ...run.results.map((result) => {
        const lengths = lengthsOf(result, bug).toSorted((one, other) => one - other);
        const commands = short(medianOf(result, bug, commandsToFind));
        return `${commands} · ${milliseconds(medianOf(result, bug, secondsToFind))} ms · ${lengths.join(' ')}`;
      }),
    ]),
  );
}

export const peersPage = (run: PeersRun): string => `# Other tools, side by side

Written by \`npm run bench:peers\`. The system under test of all tools is the embedded kernel in one slice: nine commands
(spawn, fork, exit, map, unmap, load, store, migrate-to-device, migrate-to-system), 2 processes × 2 pages × 2 frames, and
after each command its result and the entries of all pages. zdc draws its own world sizes, and its directed suite is left
out. fc.commands and zdc run in the process of the kernel; the others send it one line for each command. Each model is
as its tool's documentation writes models. Sequences have at most 200 commands with fc.commands (chosen by measurement), 50
steps with Hypothesis (its default), and size 100 with PropEr.

- ${run.bugs.length} planted bugs, ${run.seeds} seeds each, the failures of the first ${run.shrunk} seeds shrunk, at most ${run.maxCommands.toLocaleString('en-US')} commands of a search. Figures
  are medians over the seeds, in the summary then over the bugs; "× zdc" is the median over the bugs of the ratio.
- Times are processor time, with that of the kernel. Compare the ratios: all come from one run.
- The bare loop, the kernel alone: ${short(run.bareCommandsPerSecond)} commands/s.
- "shortest" is proved: all shorter sequences of the slice were tried, and none shows a difference from the kernel
  without the bug. A sequence of zdc ends with the requirement that failed first, which a shorter one may not violate.
${run.missing.map((words) => `- ${words}\n`).join('')}
${peersSummary(run)}

For each bug: commands to find it · milliseconds to find it · lengths of the shrunk counterexamples.

${bugTable(run)}
`;
