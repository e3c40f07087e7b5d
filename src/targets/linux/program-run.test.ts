import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { guestFile, packagedKernel } from './kernel.ts';
import { type ProgramOptions, runProgram } from './program-run.ts';
import { DEFAULT_MACHINE } from './qemu.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-program-test-'));
const path = process.env['PATH'];
afterEach(() => {
  process.env['PATH'] = path;
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What compiling and packing a program needs. */
const TOOLS = ['gcc', 'as', 'ld', 'cpio'].map((name) => ({ name, file: join('/usr/bin', name) }));

/** Runs a program that ends at once, with a QEMU of this content; without one, if there is none. */
async function runWith(
  emulator: string | undefined,
  options: Pick<ProgramOptions, 'largeFolios' | 'mutant'> = {},
): Promise<string> {
  const kernel = packagedKernel('6.12');
  const own = mkdtempSync(join(folder, 'run-'));
  const places = { ours: fileURLToPath(new URL('.', import.meta.url)), cache: join(own, 'cache') };
  const tools = join(own, 'bin');
  for (const one of [places.cache, tools]) mkdirSync(one);
  for (const { name, file } of TOOLS) symlinkSync(file, join(tools, name));
  if (emulator !== undefined) writeFileSync(join(tools, 'qemu-system-x86_64'), emulator, { mode: 0o755 });
  writeFileSync(guestFile(places, kernel), '');
  const source = join(own, 'source.c');
  writeFileSync(source, 'int main(void)\n{\n\treturn 0;\n}\n');
  process.env['PATH'] = tools;
  let output = '';
  await runProgram({
    ...options,
    places,
    kernel,
    machine: { ...DEFAULT_MACHINE, kvm: 'off' },
    source,
    milliseconds: 10_000,
    onOutput: (text) => (output += text),
    watch: { onProgress: () => undefined, signal: new AbortController().signal },
  });
  return output;
}

describe.skipIf(TOOLS.some(({ file }) => !existsSync(file)))('an exported program', () => {
  test('has no result without QEMU, and the error names the package', async () => {
    await expect(runWith(undefined)).rejects.toThrow(
      'It is in the package qemu-system-x86: apt-get install it',
    );
  }, 30_000);

  test('gets the driver with the options of the target', async () => {
    const words = '#!/bin/sh\necho "$@"\n';
    const output = await runWith(words, { largeFolios: 'careful', mutant: 'keeps-a-reference' });
    expect(output).toContain('zdc.mutant=keeps-a-reference');
    expect(output).toContain('zdc.large-folios=careful');
  }, 30_000);
});
