import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildFolder, type LinuxKernel, type LinuxPlaces } from './kernel.ts';
import { StackTraces } from './stack-trace.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-traces-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const places: LinuxPlaces = { ours: folder, cache: join(folder, 'cache') };
const tree = join(folder, 'tree');
const kernel: LinuxKernel = {
  kind: 'tree',
  folder: tree,
  architecture: 'x86_64',
  set: 'lean',
  fragment: undefined,
};
const calls = join(folder, 'calls');

/** A stand-in for the kernel's script: it knows the source line of one function, and drops the offset as that does. */
function prepare(configuration: string): void {
  mkdirSync(join(tree, 'scripts'), { recursive: true });
  mkdirSync(buildFolder(places, kernel), { recursive: true });
  writeFileSync(join(buildFolder(places, kernel), 'vmlinux'), '');
  writeFileSync(join(buildFolder(places, kernel), '.config'), configuration);
  const script = join(tree, 'scripts/decode_stacktrace.sh');
  writeFileSync(
    script,
    `echo "$1 $2" >> ${calls}\nsed -E 's/it_happened[^ ]+/it_happened (mm\\/memory.c:7 (discriminator 2))/'\n`,
  );
  chmodSync(script, 0o755);
}

const console = [
  '[    1.1] WARNING: CPU: 0 PID: 31 at mm/memory.c:1 it_happened+0x1/0x2',
  '[    1.2] Code: 0f 0b <ea>',
  '[    1.3]  ? elsewhere+0x4/0x8 [zdc]',
  '[    1.4]  it_happened+0x1/0x2',
].join('\n');

test('addresses get source lines, once for the same trace', async () => {
  prepare('CONFIG_DEBUG_INFO=y\n');
  const traces = new StackTraces(places, kernel);
  const decoded = await traces.decode(console);
  expect(decoded.split('\n')).toEqual([
    '[    1.1] WARNING: CPU: 0 PID: 31 at mm/memory.c:1 it_happened+0x1/0x2 (mm/memory.c:7)',
    '[    1.2] Code: 0f 0b <ea>',
    '[    1.3]  ? elsewhere+0x4/0x8 [zdc]',
    '[    1.4]  it_happened+0x1/0x2 (mm/memory.c:7)',
  ]);
  await traces.decode(console.replaceAll('1.1', '9.1'));
  expect(readFileSync(calls, 'utf8')).toBe(`${join(buildFolder(places, kernel), 'vmlinux')} ${tree}/\n`);
});

test('a console stays as it is without debug information, or without an address', async () => {
  prepare('# CONFIG_DEBUG_INFO is not set\n');
  expect(await new StackTraces(places, kernel).decode(console)).toBe(console);
  prepare('CONFIG_DEBUG_INFO=y\n');
  expect(await new StackTraces(places, kernel).decode('calm')).toBe('calm');
});
