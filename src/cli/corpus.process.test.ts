import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type CaseFile, parseCaseFile } from '../corpus/case-file.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const FIND_AND_SAVE = fileURLToPath(new URL('find-and-save.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'zdc-corpus-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** The command; killed without a warning so many milliseconds after its first word, if it lives that long. */
function call(script: string, argv: readonly string[], killAfter?: number): Promise<Ended> {
  const child = spawn(process.execPath, [script, ...argv], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  const take = (chunk: Buffer): void => {
    text += chunk.toString();
    // How long node takes to start depends on the machine, and nothing happens in that time.
    if (killAfter !== undefined) timer ??= setTimeout(() => child.kill('SIGKILL'), killAfter);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, text });
    }),
  );
}

/** The files read before, by path, inode and time: most files stay as they are from kill to kill. */
const readBefore = new Map<string, CaseFile>();

/** Every counterexample in a corpus, by file name. Throws on a file that exists and cannot be read in full. */
function counterexamples(corpus: string): ReadonlyMap<string, CaseFile> {
  const found = new Map<string, CaseFile>();
  const names = existsSync(corpus) ? readdirSync(corpus) : [];
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const file = counterexampleIn(join(corpus, name));
    if (file !== undefined) found.set(name, file);
  }
  return found;
}

/** Undefined where another run has put a reduced counterexample in the place of this one since the folder was read. */
function counterexampleIn(path: string): CaseFile | undefined {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    const key = [path, ino, mtimeMs, size].join(' ');
    const file = readBefore.get(key) ?? parseCounterexample(path, readFileSync(path, 'utf8'));
    readBefore.set(key, file);
    return file;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseCounterexample(path: string, text: string): CaseFile {
  const contents = parseCaseFile(text);
  if (contents.kind === 'counterexample') return contents.file;
  throw new Error(`${path} is damaged: ${JSON.stringify(contents)}`);
}

/** The files that a run has announced. */
const announced = (text: string): string[] =>
  [...text.matchAll(/^Found .*: (?<file>\S+\.json)$/gm)].flatMap(({ groups }) => groups?.['file'] ?? []);

/** Maximum length, in characters, of the output before the first announcement; progress lines come before it. */
const MAX_SILENT_LENGTH = 20_000;

/** Four times as long as it takes from its first word until it announces a counterexample, in milliseconds. */
function paceOf(script: string, argv: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [script, ...argv], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let began: number | undefined;
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      text += chunk.toString();
      began ??= performance.now();
      if (announced(text).length === 0) {
        // A script whose announcements this test does not recognize would never end.
        if (text.length > MAX_SILENT_LENGTH) {
          child.kill('SIGKILL');
          reject(new Error(`No announcement in ${text.length} characters: ${text.slice(0, 200)}`));
        }
        return;
      }
      resolve(4 * (performance.now() - began));
      child.kill('SIGKILL');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('close', () => reject(new Error(`It ended before it had found anything: ${text}`)));
  });
}

const MUTANTS = ['fork-keeps-parent-write', 'free-dips-to-zero', 'poison-reads-as-a-hole'];

const targetOf = (mutant: string | undefined): string => `embedded:mutant=${mutant}`;

const isAnyUnshrunk = (found: ReadonlyMap<string, CaseFile>): boolean =>
  [...found.values()].some(({ certificate }) => certificate === 'found');

const hasEveryMutant = (found: ReadonlyMap<string, CaseFile>): boolean =>
  MUTANTS.every((mutant) => [...found.values()].some(({ target }) => target.spec === targetOf(mutant)));

describe('a corpus', () => {
  test('stays intact if 8 runs are killed at any moment, two at a time', async () => {
    const corpus = join(folder, 'killed');
    const everAnnounced = new Set<string>();
    let killed = 0;
    let unshrunk = 0;
    let found = counterexamples(corpus);
    // Killed at any moment, mostly after it has found something: how long that takes depends on the machine.
    const mutated = targetOf(MUTANTS[0]);
    const long = await paceOf(MAIN, [
      'run',
      '--target',
      mutated,
      '--no-directed',
      '--runs',
      '100000',
      '--corpus',
      'pace',
    ]);
    const short = await paceOf(FIND_AND_SAVE, ['pace', '1']);
    const lane = async (first: number): Promise<void> => {
      // With 8 kills it is likely, not certain, that each mutant is found and that one run is killed while it shrinks.
      for (let number = first; killed < 8 || unshrunk === 0 || !hasEveryMutant(found); number += 2) {
        const target = targetOf(MUTANTS[number % MUTANTS.length]);
        const run = [
          'run',
          '--target',
          target,
          '--no-directed',
          '--runs',
          '100000',
          '--seed',
          `${number}`,
          '--corpus',
          'killed',
        ];
        // Mostly find-and-save.mjs, which starts in half the time; now and then the whole command.
        const { code, text } =
          number % 20 < 2
            ? await call(MAIN, run, Math.random() * long)
            : await call(FIND_AND_SAVE, ['killed', `${number}`], Math.random() * short);
        if (code === null) killed++;
        for (const file of announced(text)) {
          everAnnounced.add(file);
        }
        found = counterexamples(corpus);
        if (isAnyUnshrunk(found)) unshrunk++;
        expect([...everAnnounced].filter((file) => !existsSync(join(folder, file)))).toEqual([]);
      }
    };
    await Promise.all([lane(0), lane(1)]);
    // Cases of runs that were killed while they reduced are in the corpus as they were found, for the next run to reduce.
    for (const mutant of MUTANTS) {
      const options = [
        '--profile',
        'origin',
        '--no-directed',
        '--runs',
        '1',
        '--seed',
        '1',
        '--corpus',
        'killed',
      ];
      const { code, text } = await call(MAIN, ['run', '--target', targetOf(mutant), ...options]);
      expect(text).toContain('still fail');
      expect(text).not.toContain('unreadable');
      expect(code).toBe(1);
    }
    expect(isAnyUnshrunk(counterexamples(corpus))).toBe(false);
  });

  test('is complete after two concurrent runs', async () => {
    const runs = ['1', '2'].map((seed) =>
      call(MAIN, [
        'run',
        '--target',
        targetOf(MUTANTS[1]),
        '--profile',
        'origin',
        '--no-directed',
        '--runs',
        '60',
        '--seed',
        seed,
        '--corpus',
        'shared',
      ]),
    );
    const ended = await Promise.all(runs);
    const kept = counterexamples(join(folder, 'shared'));
    for (const { code, text } of ended) {
      expect(code).toBe(1);
      expect(announced(text).length).toBeGreaterThan(0);
      expect(announced(text).filter((file) => !kept.has(file.slice('shared/'.length)))).toEqual([]);
    }
    expect(isAnyUnshrunk(kept)).toBe(false);
    expect(readdirSync(join(folder, 'shared')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
