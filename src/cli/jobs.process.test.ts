import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { Shell } from './world.fixture.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../targets/examples/zone_device.py', import.meta.url));
const MISBEHAVING = fileURLToPath(new URL('../targets/misbehaving.mjs', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

/** How many processes have this in their command line. */
const processesOf = (text: string): number =>
  readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(text);
    } catch {
      return false;
    }
  }).length;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('zdc run --jobs', () => {
  test('runs the embedded implementation in threads, with the same report', async () => {
    const [one, two] = await Promise.all(
      ['1', '2'].map(async (jobs) => {
        const report = shell.path(`threads-${jobs}.json`);
        const words = [
          '--target',
          'embedded:mutant=fork-keeps-parent-write',
          '--profile',
          'origin',
          '--seed',
          '3',
        ];
        const command = [
          'run',
          ...words,
          '--no-directed',
          '--runs',
          '200',
          '--no-save',
          '--no-corpus',
          '--report',
          `json=${report}`,
        ];
        const run = spawn(process.execPath, [MAIN, ...command, '--jobs', jobs], { stdio: 'ignore' });
        expect(await new Promise((resolve) => run.on('close', resolve))).toBe(1);
        return readFileSync(report, 'utf8').replaceAll(/"(?:elapsedMilliseconds|date)": [^,]+/g, '');
      }),
    );
    expect(one).toContain('fork.read-both');
    expect(two).toBe(one);
  });

  test('uses one thread for a planted bug that carries state from case to case', async () => {
    const target = 'embedded:mutant=limits-outlive-a-case';
    const { err } = await shell.call([
      'run',
      '--jobs',
      '2',
      '--target',
      target,
      '--no-directed',
      '--runs',
      '3',
      '--profile',
      'origin',
      '--no-save',
    ]);
    expect(err).toContain('--jobs has no effect: this planted bug carries state from one case to the next');
  });

  test('refuses 0 instances', async () => {
    const { code, err } = await shell.call(['run', '--jobs', '0']);
    expect(err).toContain('Expected a whole number from 1 to 64.');
    expect(code).toBe(2);
  });

  test('refuses a target whose declaration differs between starts', async () => {
    const target = `stdio:node '${MISBEHAVING}' hello-changes`;
    const { code, err } = await shell.call(['run', '--jobs', '2', '--target', target]);
    expect(err).toContain('its hello differs between starts');
    expect(code).toBe(69);
    expect(processesOf('hello-changes')).toBe(0);
  });

  test.skipIf(!hasPython)('writes the same report, apart from date and duration (python3)', async () => {
    const reports = await Promise.all(
      ['1', '2'].map(async (jobs) => {
        const report = shell.path(`jobs-${jobs}.json`);
        const words = [
          '--target',
          `stdio:python3 '${EXAMPLE}' --coverage`,
          '--profile',
          'linux-6.1',
          '--report',
          `json=${report}`,
        ];
        await shell.call([
          'run',
          '--jobs',
          jobs,
          '--runs',
          '60',
          '--seed',
          '2',
          '--no-save',
          '--no-directed',
          ...words,
        ]);
        return readFileSync(report, 'utf8').replaceAll(/"(?:elapsedMilliseconds|date)": [^,]+/g, '');
      }),
    );
    expect(reports[0]).toContain('"cases": 60');
    // The union of the lines that the cases of all instances reached.
    expect(reports[0]).toMatch(/"targetCoverage": \{\s*"points": \[(?:\s*\d+,){300}/);
    expect(reports[1]).toBe(reports[0]);
  });

  test.skipIf(!hasPython)('ends its adapters on Ctrl-C (python3)', async () => {
    const mine = shell.path('mine.py');
    copyFileSync(EXAMPLE, mine);
    const words = [
      'run',
      '--jobs',
      '3',
      '--runs',
      '1000000',
      '--profile',
      'origin',
      '--target',
      `stdio:python3 ${mine}`,
    ];
    const command = spawn(process.execPath, [MAIN, ...words], { cwd: shell.folder, stdio: 'ignore' });
    const ended = new Promise((resolve) => command.on('close', resolve));
    await until(() => processesOf(mine) === 3);
    command.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(processesOf(mine)).toBe(0);
  });
});
