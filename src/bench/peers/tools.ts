import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { KernelMutation } from '../../kernel/world.ts';
import { mutantById } from '../../planted-bugs/planted-bugs.ts';
import { searchWithFcCommands } from './fc-peer.ts';
import { PeerSearch } from './peer-search.ts';
import { searchWithZdc } from './zdc-peer.ts';

/** The searches of a tool: for each bug, one with each seed from 1 on. */
interface SearchPlan {
  /** Ids of planted bugs, or `none` for the kernel without a bug. */
  readonly bugs: readonly string[];
  readonly seeds: number;
  /** The number of seeds whose failures are shrunk. */
  readonly shrunk: number;
  readonly maxCommands: number;
}

const NamedSearch = PeerSearch.extend({ bug: z.string(), seed: z.int() });
type NamedSearch = Readonly<z.infer<typeof NamedSearch>>;

export interface Tool {
  readonly name: string;
  /** Whether it runs in a process of its own. */
  readonly isProgram: boolean;
  /** A number of commands that takes seconds. */
  readonly commandsForRate: number;
  /** Calls back after each search. */
  readonly search: (plan: SearchPlan, onSearch: (search: NamedSearch) => void) => Promise<void>;
}

/** A tool that is not installed. */
export interface MissingTool {
  readonly name: string;
  readonly missing: string;
}

const ofSource = (name: string): string =>
  fileURLToPath(new URL(`../../../../src/bench/peers/${name}`, import.meta.url));
const SERVER: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('server-main.js', import.meta.url)),
];

type Searcher = (
  mutation: KernelMutation | undefined,
  seed: number,
  maxCommands: number,
  isShrunk: boolean,
) => PeerSearch | Promise<PeerSearch>;

const inProcess = (name: string, searcher: Searcher): Tool => ({
  name,
  isProgram: false,
  commandsForRate: 20_000,
  search: async ({ bugs, seeds, shrunk, maxCommands }, onSearch) => {
    for (const bug of bugs) {
      const mutation = mutantById(bug)?.mutation;
      for (let seed = 1; seed <= seeds; seed++) {
        onSearch({ bug, seed, ...(await searcher(mutation, seed, maxCommands, seed <= shrunk)) });
      }
    }
  },
});

/** A program that prints one JSON object for each search. */
const asProgram = (name: string, commandLine: (words: readonly string[]) => readonly string[]): Tool => ({
  name,
  isProgram: true,
  commandsForRate: 2000,
  search: async ({ bugs, seeds, shrunk, maxCommands }, onSearch) => {
    const words = [maxCommands, seeds, shrunk, bugs.join(',')].map(String);
    const [program = '', ...rest] = commandLine([...words, ...SERVER]);
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      onSearch(NamedSearch.parse(JSON.parse(line)));
    }
  },
});

function hypothesis(): Tool | MissingTool {
  const script = 'import hypothesis; print(hypothesis.__version__)';
  for (const python of ['/usr/bin/python3', 'python3']) {
    const { status, stdout } = spawnSync(python, ['-c', script], { encoding: 'utf8' });
    if (status !== 0) continue;
    return asProgram(`Hypothesis ${stdout.trim()}`, (words) => [
      python,
      ofSource('hypothesis_peer.py'),
      ...words,
    ]);
  }
  return { name: 'Hypothesis', missing: 'not installed (Debian: python3-hypothesis)' };
}

/** One scheduler that does not wait actively, so that processor time is time of work. */
const ERLANG = ['-noshell', '+S', '1', '+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none'];

function proper(): Tool | MissingTool {
  const folder = mkdtempSync(join(tmpdir(), 'zdc-peers-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true });
  });
  const { status } = spawnSync('erlc', ['-o', folder, ofSource('proper_peer.erl')], { stdio: 'ignore' });
  if (status !== 0) {
    return { name: 'PropEr', missing: 'not installed (Debian: erlang-proper, erlang-proper-dev)' };
  }
  return asProgram('PropEr 1.2', (words) => [
    'erl',
    ...ERLANG,
    '-pa',
    folder,
    '-run',
    'proper_peer',
    'main',
    ...words,
  ]);
}

/** The tools of the comparison, this suite first. */
export const tools = (): readonly (Tool | MissingTool)[] => [
  inProcess('zdc', searchWithZdc),
  inProcess('fc.commands', searchWithFcCommands),
  hypothesis(),
  proper(),
];
