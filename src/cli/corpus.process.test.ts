import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { parseCaseFile } from '../corpus/read-case-file.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
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

/** What was read before, by path, place on the disk and time: most files stay as they are from kill to kill. */
const readBefore = new Map<string, string>();

/** The certificate of every counterexample in a corpus. Fails on a file that is there and cannot be read in full. */
function certificates(corpus: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const names = existsSync(corpus) ? readdirSync(corpus) : [];
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const certificate = certificateIn(join(corpus, name));
    if (certificate !== undefined) found.set(name, certificate);
  }
  return found;
}

/** Undefined where another run has put a reduced counterexample in the place of this one since the folder was read. */
function certificateIn(path: string): string | undefined {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    const key = [path, ino, mtimeMs, size].join(' ');
    const certificate = readBefore.get(key) ?? certificateOf(path, readFileSync(path, 'utf8'));
    readBefore.set(key, certificate);
    return certificate;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function certificateOf(path: string, text: string): string {
  const contents = parseCaseFile(text);
  if (contents.kind === 'counterexample') return contents.file.certificate;
  throw new Error(`${path} is damaged: ${JSON.stringify(contents)}`);
}

/** The files that a run has announced. */
const announced = (text: string): string[] =>
  [...text.matchAll(/^Found .*: (?<file>\S+\.json)$/gm)].flatMap(({ groups }) => groups?.['file'] ?? []);

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
      if (announced(text).length === 0) return;
      resolve(4 * (performance.now() - began));
      child.kill('SIGKILL');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('close', () => reject(new Error(`It ended before it had found anything: ${text}`)));
  });
}

const MUTANTS = ['fork-keeps-parent-write', 'free-dips-to-zero', 'poison-reads-as-a-hole'];

describe('a corpus', () => {
  test('survives 36 runs that are killed at any moment, two at a time', async () => {
    const corpus = join(folder, 'killed');
    const everAnnounced = new Set<string>();
    let killed = 0;
    let announcements = 0;
    let unreduced = 0;
    // Killed at any moment, mostly after it has found something: how long that takes depends on the machine.
    const planted = `embedded:mutant=${MUTANTS[0]}`;
    const long = await paceOf(MAIN, [
      'run',
      '--target',
      planted,
      '--no-directed',
      '--runs',
      '100000',
      '--corpus',
      'pace',
    ]);
    const short = await paceOf(FIND_AND_SAVE, ['pace', '1']);
    const lane = async (first: number): Promise<void> => {
      for (let number = first; killed < 36; number += 2) {
        const target = `embedded:mutant=${MUTANTS[number % MUTANTS.length]}`;
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
        // The whole command now and then, and else what it finds and saves with: that starts in half the time.
        const { code, text } =
          number % 20 < 2
            ? await call(MAIN, run, Math.random() * long)
            : await call(FIND_AND_SAVE, ['killed', `${number}`], Math.random() * short);
        if (code === null) killed++;
        for (const file of announced(text)) {
          announcements++;
          everAnnounced.add(file);
        }
        if ([...certificates(corpus).values()].includes('found')) unreduced++;
        expect([...everAnnounced].filter((file) => !existsSync(join(folder, file)))).toEqual([]);
      }
    };
    await Promise.all([lane(0), lane(1)]);
    expect(announcements).toBeGreaterThan(0);
    // Some were killed while they reduced: what they had found was there, as it was found, for the next run to reduce.
    expect(unreduced).toBeGreaterThan(0);
    for (const mutant of MUTANTS) {
      const argv = [
        'run',
        '--target',
        `embedded:mutant=${mutant}`,
        '--runs',
        '1',
        '--seed',
        '1',
        '--corpus',
        'killed',
      ];
      const { code, text } = await call(MAIN, argv);
      expect(text).toContain('still fail');
      expect(text).not.toContain('unreadable');
      expect(code).toBe(1);
    }
    expect([...certificates(corpus).values()]).not.toContain('found');
  });

  test('is whole after two runs that fill it at the same time', async () => {
    const runs = ['1', '2'].map((seed) =>
      call(MAIN, [
        'run',
        '--target',
        `embedded:mutant=${MUTANTS[1]}`,
        '--runs',
        '300',
        '--seed',
        seed,
        '--corpus',
        'shared',
      ]),
    );
    const ended = await Promise.all(runs);
    const kept = certificates(join(folder, 'shared'));
    for (const { code, text } of ended) {
      expect(code).toBe(1);
      expect(announced(text).length).toBeGreaterThan(0);
      expect(announced(text).filter((file) => !kept.has(file.slice('shared/'.length)))).toEqual([]);
    }
    expect([...kept.values()]).not.toContain('found');
    expect(readdirSync(join(folder, 'shared')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
