import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const RUN =
  'run --target embedded:mutant=fork-keeps-parent-write --profile origin --seed 1 --runs 20 --corpus kept'.split(
    ' ',
  );
const folder = mkdtempSync(join(tmpdir(), 'zdc-full-'));
const file = join(folder, 'found.json');
let saved = '';

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command where no file may grow beyond so many KiB: the system refuses the rest as a full disk does. */
const within = (kibibytes: number | 'unlimited', ...argv: readonly string[]): Ended =>
  spawnSync('bash', ['-c', `ulimit -f ${kibibytes} && "$@"`, 'bash', process.execPath, MAIN, ...argv], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder },
  });

const ONE_LINE = /^error: [^\n]*EFBIG[^\n]*\n$/;

beforeAll(() => {
  within('unlimited', ...RUN);
  const name = readdirSync(join(folder, 'kept')).find((one) => one.endsWith('.json')) ?? '';
  saved = readFileSync(join(folder, 'kept', name), 'utf8');
  rmSync(join(folder, 'kept'), { recursive: true });
  writeFileSync(file, saved);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('"minimize" prints what it found, and the file stays as it was', () => {
  const { status, stdout, stderr } = within(1, 'minimize', 'found.json');
  expect(stderr).toMatch(ONE_LINE);
  expect(stderr).toContain('found.json cannot be written and is unchanged');
  expect(stdout).toContain('fork process 0 into process 1');
  expect(readFileSync(file, 'utf8')).toBe(saved);
  expect(readdirSync(folder).filter((name) => name !== 'zdc')).toEqual(['found.json']);
  expect(status).toBe(78);
});

test('"export" leaves no part of a test behind', () => {
  const { status, stderr } = within(4, 'export', 'found.json', '--to', 'python', '--out', 'test_found.py');
  expect(stderr).toMatch(ONE_LINE);
  expect(readdirSync(folder).filter((name) => name !== 'zdc')).toEqual(['found.json']);
  expect(status).toBe(78);
});

test('"run" keeps its verdict, and says of each file that it could not be written', () => {
  const reports = ['--report', 'json=out.json', '--report', 'html=out.html'];
  const { status, stdout, stderr } = within(4, ...RUN, ...reports);
  expect(stdout).toContain('fork.read-both');
  expect(stderr).toMatch(/^error: The json report cannot be written to out\.json: EFBIG[^\n]*$/m);
  expect(stderr).toMatch(/^error: The html report cannot be written to out\.html: EFBIG[^\n]*$/m);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(readdirSync(folder).filter((name) => name.startsWith('out'))).toEqual([]);
  expect(status).toBe(1);
});

test('"run" does not begin where a report cannot be written', () => {
  const { status, stdout, stderr } = within(1, 'run', '--runs', '1', '--report', 'json=out.json');
  expect(stderr).toMatch(ONE_LINE);
  expect(stdout).toBe('');
  expect(status).toBe(78);
});
