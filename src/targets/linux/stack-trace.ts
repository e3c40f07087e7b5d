import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traitsOf } from './architecture.ts';
import { outputOf } from './build-step.ts';
import {
  buildFolder,
  hasSource,
  type LinuxKernel,
  type LinuxPlaces,
  moduleFolder,
  sourceFolder,
} from './kernel.ts';

/** In milliseconds, for one trace: with the debug information of a whole kernel, an address takes up to a second. */
const TIME_LIMIT = 60_000;
/** An address of a trace: function, offset, size and, if it is in a module, the module. */
const ADDRESS = /\b[\w.]+\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[\w+\])?/g;

/**
 * Adds source lines to the addresses of a console, with the kernel's own `scripts/decode_stacktrace.sh`. A console is
 * unchanged if the kernel has no debug information. Consoles with the same addresses are decoded once, because a failing
 * case is run many times.
 */
export class StackTraces {
  readonly #words: readonly string[] | undefined;
  readonly #decoded = new Map<string, Promise<ReadonlyMap<string, string>>>();

  constructor(places: LinuxPlaces, kernel: LinuxKernel) {
    const folder = buildFolder(places, kernel);
    const source = hasSource(kernel) ? sourceFolder(places, kernel) : join(folder, 'source');
    const script = [source, folder]
      .map((one) => join(one, 'scripts/decode_stacktrace.sh'))
      .find((one) => existsSync(one));
    const vmlinux = join(folder, 'vmlinux');
    // By its name the script calls the binary utilities.
    const prefix = kernel.kind === 'here' ? '' : traitsOf(kernel.architecture).prefix;
    this.#words =
      script === undefined || !existsSync(vmlinux) || !hasDebugInformation(folder)
        ? undefined
        : [
            'env',
            `CROSS_COMPILE=${prefix}`,
            'bash',
            script,
            vmlinux,
            `${source}/`,
            moduleFolder(places, kernel),
          ];
  }

  /** The console with source lines. */
  async decode(console: string): Promise<string> {
    const words = this.#words;
    const addresses = [...new Set(console.match(ADDRESS))];
    if (words === undefined || addresses.length === 0) return console;
    const key = addresses.join('\n');
    const known = this.#decoded.get(key) ?? sourceLines(words, addresses);
    this.#decoded.set(key, known);
    const lines = await known;
    return console.replace(ADDRESS, (address) => `${address}${lines.get(address) ?? ''}`);
  }
}

/** The source line of each address that has one, as the script writes it: " (mm/memory.c:1234)". */
async function sourceLines(
  words: readonly string[],
  addresses: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'zdc-trace-'));
  try {
    const file = join(folder, 'console');
    // One address on each line, so that each line of output belongs to one.
    await writeFile(file, addresses.map((address) => `[    0.0]  ${address}\n`).join(''));
    const redirected = ['-c', 'exec "$@" < "$0"', file, ...words];
    const output = await outputOf('sh', redirected, AbortSignal.timeout(TIME_LIMIT));
    const decoded = (output ?? '').split('\n');
    return new Map(addresses.map((address, at) => [address, sourceLine(decoded[at] ?? '')]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The source lines in a line of the script, innermost inlined function first; empty if it has none. */
function sourceLine(line: string): string {
  const places = line.replaceAll(/ \(discriminator \d+\)/g, '').match(/ \((?<places>\S+:\d+(?: \S+:\d+)*)\)/)
    ?.groups?.['places'];
  return places === undefined ? '' : ` (${places})`;
}

function hasDebugInformation(folder: string): boolean {
  try {
    return /^CONFIG_DEBUG_INFO=y$/m.test(readFileSync(join(folder, '.config'), 'utf8'));
  } catch {
    return false;
  }
}
