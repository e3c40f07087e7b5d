import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const runsOf = (steps: readonly Step[]): readonly Step[] => steps.filter(({ run }) => run !== undefined);

/** The steps of each workflow that run a command, as they are written in a folder. */
export const WORKFLOWS = {
  github: (folder: string) =>
    runsOf(
      parse(readFileSync(join(folder, '.github/workflows/conformance.yml'), 'utf8')).jobs.conformance.steps,
    ),
  gitlab: (folder: string): readonly Step[] =>
    parse(readFileSync(join(folder, '.gitlab-ci.yml'), 'utf8')).conformance.script.map((run: string) => ({
      run,
    })),
  action: (folder: string) => runsOf(parse(readFileSync(join(folder, 'action.yml'), 'utf8')).runs.steps),
} as const;

/** The values of the inputs of the action, as GitHub inserts them. */
const INPUTS: Readonly<Record<string, string>> = { target: '', arguments: '--jobs 2', version: '0.1.0' };
const inserted = (text: string): string =>
  text.replaceAll(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, name: string) => INPUTS[name] ?? '');

/** Executes the steps in a folder as a runner does; returns the exit code of the first that fails, or 0. */
export function executeSteps(steps: readonly Step[], folder: string): number | null {
  for (const { run = '', env = {} } of steps) {
    const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, inserted(value)]));
    const { status } = spawnSync('bash', ['-eo', 'pipefail', '-c', run], {
      cwd: folder,
      env: { ...process.env, ...own, GITHUB_STEP_SUMMARY: join(folder, 'summary.md') },
    });
    if (status !== 0) return status;
  }
  return 0;
}
