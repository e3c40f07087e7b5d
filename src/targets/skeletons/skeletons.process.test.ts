import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { check, replay, stdio } from '../../api/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-skeletons-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const source = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const program = join(folder, 'adapter');

/** The command that must exist, the compiler's arguments, and the command line of the adapter. */
const SKELETONS = [
  ['Python', 'python3', undefined, `python3 '${source('adapter.py')}'`],
  ['JavaScript', 'node', undefined, `node '${source('adapter.mjs')}'`],
  [
    'C',
    'cc',
    ['-std=c11', '-Wall', '-Wextra', '-Werror', '-o', `${program}-c`, source('adapter.c')],
    `${program}-c`,
  ],
  [
    'Rust',
    'rustc',
    ['--edition', '2021', '-D', 'warnings', '-o', `${program}-rs`, source('adapter.rs')],
    `${program}-rs`,
  ],
  ['Go', 'go', ['build', '-o', `${program}-go`, join(folder, 'adapter.go')], `${program}-go`],
] as const;

const isThere = (command: string): boolean =>
  spawnSync(command, [command === 'go' ? 'version' : '--version']).status === 0;

describe.each(SKELETONS)('the skeleton in %s', (language, command, compile, commandLine) => {
  // Skipped where the compiler or interpreter is not installed.
  test.skipIf(!isThere(command))(
    'conforms in its declared capabilities, and replies with errors to other commands',
    async () => {
      if (language === 'Go') copyFileSync(source('adapter.go'), join(folder, 'adapter.go'));
      if (compile !== undefined)
        execFileSync(command, compile, { env: { ...process.env, GO111MODULE: 'off' } });
      const target = await stdio(commandLine);
      try {
        const { passed, text, report } = await check(target, { runs: 20, seed: 1 });
        expect({ passed, text: passed ? '' : text }).toEqual({ passed: true, text: '' });
        const statuses = report.profiles.flatMap(({ requirements }) =>
          requirements.map(({ status }) => status),
        );
        expect(new Set(statuses)).toEqual(new Set(['passed', 'not-observable', 'capability-missing']));
        const { verdict } = await replay(target, {
          profile: 'linux-6.12',
          scope: { processes: 2, pages: 2, frames: 1, slots: 1 },
          observe: 'results',
          commands: [
            { op: 'map', process: 0, page: 1, kind: 'private', protection: 'read' },
            { op: 'store', process: 0, page: 1, value: 5 },
            { op: 'load', process: 0, page: 1 },
          ],
        });
        expect(verdict).toEqual({ kind: 'conforms' });
      } finally {
        await target.close();
      }
    },
  );
});
