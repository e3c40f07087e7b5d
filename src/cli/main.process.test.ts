import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordedRound } from './world.fixture.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const MISBEHAVING = fileURLToPath(new URL('../targets/misbehaving.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'zdc-main-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The command, started; `said` waits until it has written something. */
class Started {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  out = '';
  err = '';

  constructor(...argv: readonly string[]) {
    this.#child = spawn(process.execPath, [MAIN, ...argv], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.err += chunk.toString()));
    this.ended = new Promise((resolve) => this.#child.on('close', resolve));
  }

  async said(text: string): Promise<void> {
    while (!(this.out + this.err).includes(text)) {
      if (this.#child.exitCode !== null) throw new Error(`It ended before it said "${text}": ${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

describe('the built command', () => {
  test('is executable', () => {
    expect(spawnSync(MAIN, ['--version'], { encoding: 'utf8' }).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('has the exit code of its verdict', () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'run', '--runs', 'many'], {
      encoding: 'utf8',
    });
    expect(stderr).toContain('whole number');
    expect(status).toBe(2);
  });

  test('reads a case from standard input, and refuses a named pipe', () => {
    const scope = { processes: 1, pages: 1, frames: 1, slots: 0 };
    const text = JSON.stringify({ profile: 'origin', scope, observe: 'inspect', commands: [{ op: 'heal' }] });
    const script = 'cat | "$0" "$1" replay /dev/stdin && cd "$2" && mkfifo pipe && "$0" "$1" replay pipe';
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, MAIN, folder], {
      encoding: 'utf8',
      input: text,
    });
    expect(stdout).toContain('CONFORMS: embedded violates no requirement');
    expect(stderr).toBe('error: pipe cannot be replayed: it is a named pipe, not a regular file.\n');
    expect(status).toBe(78);
    rmSync(join(folder, 'pipe'));
  });

  test('has the same exit code if the reader closes the pipe', () => {
    const script = '"$0" "$1" spec | head -n 1; echo "${PIPESTATUS[0]}"';
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, MAIN], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0');
  });

  // Linux has a device that is always full.
  test.skipIf(!existsSync('/dev/full'))('reports in one line that standard output is full', () => {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', '"$0" "$1" spec >/dev/full', process.execPath, MAIN],
      {
        encoding: 'utf8',
      },
    );
    expect(stderr).toMatch(/^error: Standard output cannot be written: ENOSPC[^\n]*\n$/);
    expect(status).toBe(78);
  });
});

describe('Ctrl-C', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'once (%s) ends with the report of the completed cases',
    async (signal) => {
      const command = new Started('run', '--runs', '100000000', '--seed', '1');
      await command.said('Seed');
      command.send(signal);
      expect(await command.ended).toBe(130);
      expect(command.err).toContain('Stopping. Interrupt again to stop at once.');
      expect(command.out).toContain('Reference counts and page_free');
      expect(command.out).toMatch(/INTERRUPTED: .*\(exit 130\)\n$/);
    },
  );

  test('twice ends immediately, even if the target hangs', async () => {
    const target = `stdio:"${process.execPath}" "${MISBEHAVING}" hang`;
    const command = new Started('run', '--target', target, '--case-timeout', '20h');
    await command.said('Seed');
    command.send('SIGINT');
    await command.said('Interrupt again');
    command.send('SIGINT');
    // The command would wait for the target for longer than this test may take.
    expect(await command.ended).toBe(130);
  });
});

/** The exit code and output of the command for a misbehaving target. */
const against = async (
  mode: string,
  ...argv: readonly string[]
): Promise<{ code: number | null; text: string }> => {
  const command = new Started(...argv, '--target', `stdio:"${process.execPath}" "${MISBEHAVING}" ${mode}`);
  const code = await command.ended;
  return { code, text: command.out + command.err };
};

describe('a run against a target that misbehaves', () => {
  test.each([
    ['hello-exit', 69, /No module named zone/],
    ['hello-version', 69, /protocol 2/],
  ])('%s', async (mode, code, text) => {
    const ended = await against(mode, 'run', '--runs', '2', '--seed', '1');
    expect(ended.text).toMatch(text);
    expect(ended.code).toBe(code);
  });
});

describe('doctor, on an adapter', () => {
  test.each([
    ['hello-never', 69, /✗ The target did not answer hello within/],
    ['hello-garbage', 69, /✗ .*Starting up \.\.\./],
    ['hello-form', 69, /✗ .*capabilities/],
    ['garbage', 76, /✗ .*\(origin\)\n[^✗]*segmentation fault\?/],
    ['too-few', 76, /✗ .*\n.*1 observation for 2 commands/],
    ['crash', 3, /✗ .*\n[^✗]*did not happen again/],
    ['well', 1, /✗ [^✗]*Violated +\S+ at step \d[^✗]*Fix/],
  ])('that misbehaves: %s', async (mode, code, text) => {
    // A limit that a slow machine reaches is only for the one that never answers.
    const limit = mode === 'hello-never' ? '500ms' : '100s';
    const ended = await against(mode, 'doctor', '--startup-timeout', limit, '--case-timeout', limit);
    expect(ended.text).toMatch(text);
    expect(ended.text).toContain('Fix this, and run doctor again.');
    expect(ended.code).toBe(code);
  });

  test('that declares an unknown capability', async () => {
    const { text } = await against('hello-unknown', 'doctor');
    expect(text).toContain('! "warp" is not a known capability or profile');
    expect(text).toMatch(/entries +\+\d+/);
  });
});

describe('on a full disk', () => {
  const RUN =
    'run --target embedded:mutant=fork-keeps-parent-write --profile origin --seed 1 --runs 20 --corpus kept'.split(
      ' ',
    );
  const limited = mkdtempSync(join(tmpdir(), 'zdc-full-'));
  const file = join(limited, 'found.json');
  let saved = '';

  interface Ended {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }

  /** The command where no file may grow beyond so many KiB: the system refuses the rest as a full disk does. */
  const within = (kibibytes: number | 'unlimited', ...argv: readonly string[]): Ended =>
    spawnSync('bash', ['-c', `ulimit -f ${kibibytes} && "$@"`, 'bash', process.execPath, MAIN, ...argv], {
      cwd: limited,
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: limited },
    });

  const ONE_LINE = /^error: [^\n]*EFBIG[^\n]*\n$/;

  beforeAll(() => {
    within('unlimited', ...RUN);
    const name = readdirSync(join(limited, 'kept')).find((one) => one.endsWith('.json')) ?? '';
    saved = readFileSync(join(limited, 'kept', name), 'utf8');
    rmSync(join(limited, 'kept'), { recursive: true });
    writeFileSync(file, saved);
  });
  afterAll(() => {
    rmSync(limited, { recursive: true });
  });

  test('"minimize" prints its result, and the file is unchanged', () => {
    const { status, stdout, stderr } = within(1, 'minimize', 'found.json');
    expect(stderr).toMatch(ONE_LINE);
    expect(stderr).toContain('found.json cannot be written and is unchanged');
    expect(stdout).toContain('fork process 0 into process 1');
    expect(readFileSync(file, 'utf8')).toBe(saved);
    expect(readdirSync(limited).filter((name) => name !== 'zdc')).toEqual(['found.json']);
    expect(status).toBe(78);
  });

  test('"export" leaves no incomplete file', () => {
    const { status, stderr } = within(4, 'export', 'found.json', '--to', 'python', '--out', 'test_found.py');
    expect(stderr).toMatch(ONE_LINE);
    expect(readdirSync(limited).filter((name) => name !== 'zdc')).toEqual(['found.json']);
    expect(status).toBe(78);
  });

  test('"run" keeps its verdict, and names each file that could not be written', () => {
    const reports = ['--report', 'json=out.json', '--report', 'html=out.html'];
    const { status, stdout, stderr } = within(4, ...RUN, ...reports);
    expect(stdout).toContain('fork.read-both');
    expect(stderr).toMatch(/^error: The json report cannot be written to out\.json: EFBIG[^\n]*$/m);
    expect(stderr).toMatch(/^error: The html report cannot be written to out\.html: EFBIG[^\n]*$/m);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(readdirSync(limited).filter((name) => name.startsWith('out'))).toEqual([]);
    expect(status).toBe(1);
  });

  test('"run" does not begin if a report cannot be written', () => {
    const { status, stdout, stderr } = within(1, 'run', '--runs', '1', '--report', 'json=out.json');
    expect(stderr).toMatch(ONE_LINE);
    expect(stdout).toBe('');
    expect(status).toBe(78);
  });
});

describe('zdc judge', () => {
  /** Writes a header and then a block so many times, as fast as it is read. */
  const WRITER = `
    const [header, block, times] = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
    let left = times;
    const write = () => {
      while (left > 0) { left--; if (!process.stdout.write(block)) return process.stdout.once('drain', write); }
    };
    process.stdout.write(header, write);
  `;

  const ROUNDS_A_BLOCK = 100;

  /** The result of "zdc judge -" on a recording with the given number of ten-step rounds and heap size in megabytes. */
  async function judged(
    rounds: number,
    heap: number,
  ): Promise<{ readonly code: number | null; readonly text: string }> {
    const { header, round } = recordedRound();
    const block = `${round.join('\n')}\n`.repeat(ROUNDS_A_BLOCK);
    const writer = spawn(process.execPath, ['-e', WRITER], { stdio: ['pipe', 'pipe', 'inherit'] });
    const judge = spawn(process.execPath, [`--max-old-space-size=${heap}`, MAIN, 'judge', '-'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    writer.stdin.end(JSON.stringify([`${header}\n`, block, rounds / ROUNDS_A_BLOCK]));
    writer.stdout.pipe(judge.stdin);
    let text = '';
    for (const output of [judge.stdout, judge.stderr]) {
      output.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
    }
    const code = await new Promise<number | null>((resolve) => {
      judge.on('close', resolve);
    });
    return { code, text };
  }

  test('judges 300,000 steps in a heap too small for a third of them', async () => {
    const { code, text } = await judged(30_000, 48);
    expect(text).toContain('✓ case 1 (line 1, origin) conforms: 300,000 steps');
    expect(text).toContain('1 case, 300,000 steps, 270,000 of them sent');
    expect(code).toBe(0);
  });
});
