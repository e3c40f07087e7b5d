import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
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
  test('can be called by itself', () => {
    expect(spawnSync(MAIN, ['--version'], { encoding: 'utf8' }).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('has the exit code of its verdict', () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'run', '--runs', 'many'], {
      encoding: 'utf8',
    });
    expect(stderr).toContain('whole number');
    expect(status).toBe(2);
  });

  test('does not mind a reader who has read enough', () => {
    const script = '"$0" "$1" spec | head -n 1; echo "${PIPESTATUS[0]}"';
    const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, MAIN], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0');
  });

  // Linux has a device that is always full.
  test.skipIf(!existsSync('/dev/full'))('says in one line that standard output is full', () => {
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
    'once (%s) ends with the report of what was done',
    async (signal) => {
      const command = new Started('run', '--runs', '100000000', '--seed', '1');
      await command.said('Seed');
      command.send(signal);
      expect(await command.ended).toBe(130);
      expect(command.err).toContain('Stopping; the report follows');
      expect(command.out).toContain('Reference counts and page_free');
      expect(command.out).toMatch(/INTERRUPTED: .*\(exit 130\)\n$/);
    },
  );

  test('twice ends at once, whatever the target does', async () => {
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
  ])('that does this: %s', async (mode, code, text) => {
    // A limit that a slow machine reaches is only for the one that never answers.
    const limit = mode === 'hello-never' ? '500ms' : '100s';
    const ended = await against(mode, 'doctor', '--startup-timeout', limit, '--case-timeout', limit);
    expect(ended.text).toMatch(text);
    expect(ended.text).toContain('Fix this, and run doctor again.');
    expect(ended.code).toBe(code);
  });

  test('that declares a name we do not know', async () => {
    const { text } = await against('hello-unknown', 'doctor');
    expect(text).toContain('! "warp" is not a known capability or profile');
    expect(text).toMatch(/entries +\+\d+/);
  });
});
