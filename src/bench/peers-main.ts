import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { bareCommandsPerSecond } from './peers/bare-loop.ts';
import type { PeerSearch } from './peers/peer-search.ts';
import {
  type PeerResult,
  peersPage,
  type PeersRun,
  peersSummary,
  type SliceBug,
} from './peers/peers-page.ts';
import { shortestInSlice } from './peers/shortest-in-slice.ts';
import { type Tool, tools } from './peers/tools.ts';
import { median } from './side-by-side.ts';

// Searches for the same planted bugs with this suite, fc.commands, Hypothesis and PropEr.
//
//   npm run bench:peers                                        all bugs, 20 seeds (about half an hour)
//   npm run bench:peers -- --seeds 3 --bugs fork-keeps-parent-write
//   npm run bench:peers -- --output reports/peers.md

/** Two bugs for each length of the shortest counterexample from 3 to 6. */
const BUGS = [
  'fork-keeps-parent-write',
  'half-a-page-comes-back',
  'driver-takes-a-frame-in-use',
  'unmap-reaches-the-next-page',
  'store-lands-in-the-shared-page',
  'unmap-drops-two-references',
  'reused-frame-keeps-its-old-mapping',
  'moved-page-keeps-its-frame',
];
/** The maximum length of a proof. */
const MAX_LENGTH = 8;
/** The number of processes of one tool. */
const LANES = 4;
const COMMANDS_OF_BARE_LOOP = 50_000;

const { values } = parseArgs({
  options: {
    bugs: { type: 'string', default: BUGS.join(',') },
    seeds: { type: 'string', default: '20' },
    shrunk: { type: 'string', default: '5' },
    'max-commands': { type: 'string', default: '20000' },
    output: { type: 'string' },
  },
});
const seeds = Number(values.seeds);
const shrunk = Math.min(Number(values.shrunk), seeds);
const maxCommands = Number(values['max-commands']);

async function bugNamed(id: string): Promise<SliceBug> {
  const mutation = mutantById(id)?.mutation;
  if (mutation === undefined) {
    console.error(`There is no planted bug ${id}; zdc mutants --list names them all.`);
    process.exit(2);
  }
  const shortest = await shortestInSlice(mutation, MAX_LENGTH);
  if (shortest === undefined) {
    console.error(`No sequence of up to ${MAX_LENGTH} commands of the slice shows ${id}.`);
    process.exit(2);
  }
  return { id, shortest: shortest.length };
}

async function measureRate(tool: Tool): Promise<number> {
  let rate = Number.NaN;
  await tool.search({ bugs: ['none'], seeds: 1, shrunk: 0, maxCommands: tool.commandsForRate }, (search) => {
    if (search.isFound) throw new Error(`${tool.name} finds a bug in the kernel without one`);
    rate = search.allCommands / search.allSeconds;
  });
  console.log(`${tool.name}: ${Math.round(rate)} commands/s`);
  return rate;
}

const bugs: SliceBug[] = [];
for (const id of values.bugs.split(',')) bugs.push(await bugNamed(id));

const all = tools();
const missing = all.flatMap((tool) =>
  'missing' in tool ? [`Skipped: ${tool.name} is ${tool.missing}.`] : [],
);
for (const words of missing) console.log(words);
const present = all.filter((tool): tool is Tool => !('missing' in tool));
const bare = bareCommandsPerSecond(COMMANDS_OF_BARE_LOOP);
const rates = new Map<string, number>();
for (const tool of present) rates.set(tool.name, await measureRate(tool));

const found = new Map(present.map(({ name }) => [name, new Map<string, PeerSearch[]>()]));

/** Searches for the remaining bugs, one after the other. */
async function searchForAll(remaining: SliceBug[], { name, search }: Tool): Promise<void> {
  for (let bug = remaining.shift(); bug !== undefined; bug = remaining.shift()) {
    const searches: PeerSearch[] = [];
    found.get(name)?.set(bug.id, searches);
    await search({ bugs: [bug.id], seeds, shrunk, maxCommands }, (one) => searches.push(one));
    const commands = searches.map((one) => one.commands);
    const milliseconds = searches.map((one) => Math.round(one.seconds * 1000));
    console.log(`${name}: ${bug.id}: ${median(commands)} commands, ${median(milliseconds)} ms`);
  }
}

// Tools in this process search one after the other. Programs run beside one another: their processor time is measured.
for (const tool of present.filter(({ isProgram }) => !isProgram)) await searchForAll([...bugs], tool);
await Promise.all(
  present
    .filter(({ isProgram }) => isProgram)
    .map(async (tool) => {
      const remaining = [...bugs];
      await Promise.all(Array.from({ length: LANES }, () => searchForAll(remaining, tool)));
    }),
);

const run: PeersRun = {
  bugs,
  seeds,
  shrunk,
  maxCommands,
  bareCommandsPerSecond: bare,
  results: present.map(({ name }): PeerResult => ({
    name,
    commandsPerSecond: rates.get(name) ?? Number.NaN,
    searches: found.get(name) ?? new Map<string, PeerSearch[]>(),
  })),
  missing,
};
console.log(peersSummary(run));
if (values.output !== undefined) writeFileSync(values.output, peersPage(run));
