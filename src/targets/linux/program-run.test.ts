import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { guestFile, packagedKernel } from './kernel.ts';
import { runProgram } from './program-run.ts';
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

test.skipIf(TOOLS.some(({ file }) => !existsSync(file)))(
  'without QEMU, a program has no result, and the error names the package',
  async () => {
    const kernel = packagedKernel('6.12');
    const places = {
      ours: fileURLToPath(new URL('.', import.meta.url)),
      cache: join(folder, 'cache'),
    };
    const tools = join(folder, 'bin');
    for (const one of [places.cache, tools]) mkdirSync(one);
    for (const { name, file } of TOOLS) symlinkSync(file, join(tools, name));
    writeFileSync(guestFile(places, kernel), '');
    const source = join(folder, 'source.c');
    writeFileSync(source, 'int main(void)\n{\n\treturn 0;\n}\n');
    process.env['PATH'] = tools;
    const running = runProgram({
      places,
      kernel,
      machine: { ...DEFAULT_MACHINE, kvm: 'off' },
      source,
      milliseconds: 10_000,
      onOutput: () => undefined,
      watch: { onProgress: () => undefined, signal: new AbortController().signal },
    });
    await expect(running).rejects.toThrow('It is in the package qemu-system-x86: apt-get install it');
  },
  30_000,
);
