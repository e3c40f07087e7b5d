import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { traitsOf } from './architecture.ts';
import { outputOf } from './build-step.ts';
import type { Guest } from './guest.ts';
import { buildFolder, COVERED, type LinuxPlaces, type SourceKernel } from './kernel.ts';

/** The line that requests the counts of a guest. */
const REQUEST = '{"type":"coverage"}\n';
/** In milliseconds. */
const REQUEST_TIMEOUT = 60_000;

const Reply = z.object({ type: z.literal('coverage'), files: z.record(z.string(), z.string()) });

/** The output of `gcov --json-format`, as far as it is used. */
const GcovOutput = z.object({
  files: z.array(
    z.object({
      file: z.string(),
      functions: z.array(z.object({ name: z.string(), start_line: z.number(), end_line: z.number() })),
      lines: z.array(z.object({ line_number: z.number(), count: z.number() })),
    }),
  ),
});
type GcovFile = z.infer<typeof GcovOutput>['files'][number];

/** A function of a covered file: how often each of its lines was executed. */
interface CoveredFunction {
  readonly name: string;
  readonly lines: ReadonlyMap<number, number>;
}

/** A covered file. */
export interface CoveredFile {
  /** Relative to the source tree. */
  readonly path: string;
  /** All functions; of huge_memory.c, those that handle device-private entries or were reached. */
  readonly functions: readonly CoveredFunction[];
}

/** Adds up the counts of all guests of a run. */
export class KernelCoverage {
  readonly #folder: string;
  readonly #gcov: string;
  readonly #files = new Map<string, { readonly file: GcovFile; readonly counts: Map<number, number> }>();
  /** The number of guests whose counts were read, and of those that ended before. */
  guests = 0;
  lost = 0;

  constructor(places: LinuxPlaces, kernel: SourceKernel) {
    this.#folder = join(buildFolder(places, kernel), 'mm');
    this.#gcov = `${traitsOf(kernel.architecture).prefix}gcov`;
  }

  /** Discards the counts of the boot of a guest. */
  async begin(guest: Guest): Promise<void> {
    await guest.ask(REQUEST, REQUEST_TIMEOUT);
  }

  /** Reads the counts of a guest before it ends. */
  async collect(guest: Guest): Promise<void> {
    const reply = await guest.ask(REQUEST, REQUEST_TIMEOUT);
    const json: unknown = reply.kind === 'line' ? JSON.parse(reply.line) : undefined;
    const parsed = Reply.safeParse(json);
    if (!parsed.success) {
      this.lost++;
      return;
    }
    this.guests++;
    for (const name of COVERED) {
      const digits = parsed.data.files[`${name}.gcda`];
      if (digits !== undefined) await this.#add(name, Buffer.from(digits, 'hex'));
    }
  }

  async #add(name: string, counts: Buffer): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'zdc-gcov-'));
    try {
      copyFileSync(join(this.#folder, `${name}.gcno`), join(folder, `${name}.gcno`));
      writeFileSync(join(folder, `${name}.gcda`), counts);
      const words = ['--json-format', '--stdout', `${name}.gcda`];
      const output = await outputOf(this.#gcov, words, AbortSignal.timeout(REQUEST_TIMEOUT), folder);
      const files = output === undefined ? [] : GcovOutput.parse(JSON.parse(output)).files;
      const file = files.find((one) => one.file.endsWith(`/mm/${name}.c`));
      if (file !== undefined) this.add(name, file);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  add(name: string, file: GcovFile): void {
    const known = this.#files.get(name) ?? { file, counts: new Map<number, number>() };
    this.#files.set(name, known);
    for (const { line_number: line, count } of file.lines) {
      known.counts.set(line, (known.counts.get(line) ?? 0) + count);
    }
  }

  /** The covered files, each with its functions in their order. */
  async files(): Promise<readonly CoveredFile[]> {
    const covered: CoveredFile[] = [];
    for (const name of COVERED) {
      const known = this.#files.get(name);
      if (known === undefined) continue;
      const source = (await readFile(known.file.file, 'utf8').catch(() => '')).split('\n');
      const functions = known.file.functions
        .toSorted((one, other) => one.start_line - other.start_line)
        .map((one) => ({
          name: one.name,
          lines: new Map(
            [...known.counts].filter(([line]) => line >= one.start_line && line <= one.end_line),
          ),
          text: source.slice(one.start_line - 1, one.end_line).join('\n'),
        }))
        .filter(
          ({ lines, text }) =>
            lines.size > 0 &&
            (name !== 'huge_memory' || text.includes('device_private') || reachedOf(lines) > 0),
        );
      covered.push({ path: `mm/${name}.c`, functions });
    }
    return covered;
  }
}

/** The number of lines that were executed. */
export const reachedOf = (lines: ReadonlyMap<number, number>): number =>
  [...lines.values()].filter((count) => count > 0).length;

/** The lines that were not executed, as ranges: lines between two of them that have no code do not end a range. */
export function missedRanges(lines: ReadonlyMap<number, number>): readonly string[] {
  const ranges: [number, number][] = [];
  let isOpen = false;
  for (const [line, count] of [...lines].toSorted(([one], [other]) => one - other)) {
    const last = ranges.at(-1);
    if (count > 0) isOpen = false;
    else if (isOpen && last !== undefined) last[1] = line;
    else {
      ranges.push([line, line]);
      isOpen = true;
    }
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
}
