import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Shell } from './world.fixture.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let shell: Shell;
beforeEach(async () => {
  shell = new Shell();
  await shell.call(['init']);
  rmSync(shell.path('adapter.py'));
  rmSync(shell.path('zdc.config.json'));
  await shell.call(['init', '--ci', 'gitlab']);
  // The registry is replaced by this checkout: "npx --yes PACKAGE ARGUMENTS".
  mkdirSync(shell.path('bin'));
  writeFileSync(shell.path('bin/npx'), `#!/bin/sh\nshift 2\nexec node '${ROOT}dist/cli/main.js' "$@"\n`);
  chmodSync(shell.path('bin/npx'), 0o755);
  const { target } = JSON.parse(read('zdc.config.json'));
  // Cases instead of the budget of a minute.
  writeFileSync(shell.path('zdc.config.json'), JSON.stringify({ target, runs: 5, seed: 1 }));
});
afterEach(() => {
  shell.remove();
});

const read = (path: string): string => readFileSync(shell.path(path), 'utf8');

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const runsOf = (steps: readonly Step[]): readonly Step[] => steps.filter(({ run }) => run !== undefined);

/** The steps of each workflow that run a command, as they are written. */
const WORKFLOWS = {
  github: () => runsOf(parse(read('.github/workflows/conformance.yml')).jobs.conformance.steps),
  gitlab: (): readonly Step[] =>
    parse(read('.gitlab-ci.yml')).conformance.script.map((run: string) => ({ run })),
  action: () => runsOf(parse(readFileSync(`${ROOT}action.yml`, 'utf8')).runs.steps),
} as const;

/** The values of the inputs of the action, as GitHub inserts them. */
const INPUTS: Readonly<Record<string, string>> = { target: '', arguments: '--jobs 2', version: '0.1.0' };
const inserted = (text: string): string =>
  text.replaceAll(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, name: string) => INPUTS[name] ?? '');

/** Executes the steps as a runner does; returns the exit code of the first that fails, or 0. */
function execute(steps: readonly Step[]): number | null {
  for (const { run = '', env = {} } of steps) {
    const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, inserted(value)]));
    const path = `${shell.path('bin')}:${process.env['PATH'] ?? ''}`;
    const { status } = spawnSync('bash', ['-eo', 'pipefail', '-c', run], {
      cwd: shell.folder,
      env: { ...process.env, ...own, PATH: path, GITHUB_STEP_SUMMARY: shell.path('summary.md') },
    });
    if (status !== 0) return status;
  }
  return 0;
}

const REPORTS = ['zdc-junit.xml', 'zdc.sarif', 'zdc.ktap', 'zdc-report.md', 'zdc-report.html'];

test('the skeleton passes in the workflow, and a mistake fails and leaves reports and counterexample', () => {
  const steps = WORKFLOWS.github();
  expect(steps).toHaveLength(1);
  expect(execute(steps)).toBe(0);
  expect(read('zdc-junit.xml')).toContain('failures="0" errors="0"');
  expect(existsSync(shell.path('.zdc'))).toBe(false);
  const skeleton = read('adapter.py');
  const mistaken = skeleton.replace('cell[0] = value', 'cell[0] = value + 1');
  expect(mistaken).not.toBe(skeleton);
  writeFileSync(shell.path('adapter.py'), mistaken);
  for (const workflow of [WORKFLOWS.github, WORKFLOWS.gitlab, WORKFLOWS.action]) {
    for (const file of [...REPORTS, '.zdc']) rmSync(shell.path(file), { recursive: true, force: true });
    expect(execute(workflow())).toBe(1);
    const saved = readdirSync(shell.path('.zdc')).find((file) => file.endsWith('.json')) ?? '';
    const requirement = saved.replace(/-[0-9a-f]+\.json$/, '');
    expect(requirement).toMatch(/^[a-z]+\.[a-z-]+$/);
    for (const file of REPORTS) expect(read(file)).toContain(requirement);
  }
  expect(read('summary.md')).toContain('does not conform');
}, 600_000);
