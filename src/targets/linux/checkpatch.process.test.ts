import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cacheFolder } from './kernel.ts';

/** Rules of checkpatch that do not apply to the agent, because it is a program in user space. */
const NOT_IN_USER_SPACE = {
  PREFER_KERNEL_TYPES: 'u8 … u64 are types of the kernel',
  BIT_MACRO: 'BIT() is a macro of the kernel',
  PREFER_DEFINED_ATTRIBUTE_MACRO: '__printf() is a macro of the kernel',
  USE_NEGATIVE_ERRNO: 'errno is positive in user space',
  VOLATILE: 'each load and store of a case must reach the memory, and a signal handler reads its flag',
} as const;

/** The `checkpatch.pl` of a kernel tree: in the cache of this target, or where distributions install sources. */
function findCheckpatch(): string | undefined {
  const folders = [cacheFolder(process.env), '/usr/src'].filter((folder) => existsSync(folder));
  return folders
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name, 'scripts/checkpatch.pl')))
    .find((file) => existsSync(file));
}

const checkpatch = findCheckpatch();
const scratch = mkdtempSync(join(tmpdir(), 'zdc-checkpatch-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The complaints about files. checkpatch writes a file into its folder, so that is not the folder of the sources. */
function complaintsAbout(files: readonly string[], ignored: readonly string[]): string {
  const options = [
    '--no-tree',
    '--strict',
    '--terse',
    '--no-summary',
    '--show-types',
    '--max-line-length=100',
  ];
  const ignore = ignored.length === 0 ? [] : [`--ignore=${ignored.join(',')}`];
  const words = [...options, ...ignore, '-f', ...files];
  const { stdout } = spawnSync(checkpatch ?? '', words, { cwd: scratch, encoding: 'utf8' });
  return stdout.trim();
}

function sourcesIn(name: string): readonly string[] {
  const folder = new URL(name, import.meta.url).pathname;
  return readdirSync(folder)
    .filter((file) => /\.(?:c|h|sh)$/.test(file))
    .map((file) => join(folder, file));
}

describe.skipIf(checkpatch === undefined)('kernel style (skipped where no kernel source is unpacked)', () => {
  test('the module has no error, warning or check', () => {
    expect(complaintsAbout(sourcesIn('module/'), [])).toBe('');
  });

  test('the agent has no error, warning or check except those that need a kernel', () => {
    expect(complaintsAbout(sourcesIn('agent/'), Object.keys(NOT_IN_USER_SPACE))).toBe('');
  });

  test('a file in another style is reported', () => {
    const file = join(scratch, 'bad.c');
    writeFileSync(file, '// SPDX-License-Identifier: GPL-2.0\nint f( int a ){return a;}\n');
    expect(complaintsAbout([file], [])).toContain('ERROR:SPACING');
  });
});
