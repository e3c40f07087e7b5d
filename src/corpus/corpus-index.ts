import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { currentId } from '../../spec/requirements/renamed.ts';
import type { CaseFile } from './case-file.ts';
import { writeWhole } from './write-whole.ts';

/** The file name of the index, which no counterexample can have. */
export const INDEX_NAME = '.zdc-index';

/** The data about a counterexample that a run needs without replaying it. */
const Summary = z.object({
  requirement: z.string().transform(currentId),
  op: z.string(),
  steps: z.int(),
  profile: ProfileName,
  spec: z.string(),
});
export type Summary = z.infer<typeof Summary>;

/** The content of a file. */
const IndexContents = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('counterexample'), summary: Summary }),
  z.object({ kind: z.literal('unreadable'), reason: z.string() }),
  z.object({ kind: z.literal('other') }),
]);
export type IndexContents = z.infer<typeof IndexContents>;

const Known = z.object({
  size: z.number(),
  /** Its modification time, in milliseconds. */
  changed: z.number(),
  contents: IndexContents,
  /** The targets on which it was replayed, each with the time of the last replay. */
  replayed: z.array(z.tuple([z.string(), z.number()])),
});
type Known = z.infer<typeof Known>;

// Pairs instead of an object, because a file may be named "__proto__".
const IndexFile = z.object({
  format: z.literal('zdc-corpus-index'),
  version: z.literal(1),
  files: z.array(z.tuple([z.string(), Known])),
});

/** The size and modification time of a file, which reveal a change. */
export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * An index of the files of a corpus, so that a run reads only the files that it replays, and replays those first that
 * were not replayed for the longest time. It is a cache: if it is missing, damaged or not writable, files are read
 * again, and nothing else changes.
 */
export class CorpusIndex {
  readonly #folder: string;
  readonly #files: Map<string, Known>;

  private constructor(folder: string, files: Map<string, Known>) {
    this.#folder = folder;
    this.#files = files;
  }

  static async load(folder: string): Promise<CorpusIndex> {
    return new CorpusIndex(folder, await filesIn(folder));
  }

  /** The content of a file that has not changed since; undefined if the file must be read. */
  contents(name: string, { size, mtimeMs }: Stamp): IndexContents | undefined {
    const known = this.#files.get(name);
    return known?.size === size && known.changed === mtimeMs ? known.contents : undefined;
  }

  note(name: string, { size, mtimeMs }: Stamp, contents: IndexContents): void {
    const replayed = this.#files.get(name)?.replayed ?? [];
    this.#files.set(name, { size, changed: mtimeMs, contents, replayed });
  }

  /** The time at which a file was last replayed on a target; 0 if never. */
  lastReplayed(name: string, targetSpec: string): number {
    return this.#files.get(name)?.replayed.find(([spec]) => spec === targetSpec)?.[1] ?? 0;
  }

  noteReplayed(name: string, targetSpec: string, when: number): void {
    const known = this.#files.get(name);
    if (known === undefined) return;
    this.#files.set(name, { ...known, replayed: latest([...known.replayed, [targetSpec, when]]) });
  }

  /** Writes the index for the existing files, merged with the entries written by concurrent runs. */
  async save(names: Iterable<string>): Promise<void> {
    const others = await filesIn(this.#folder);
    const files: [string, Known][] = [];
    for (const name of names) {
      const known = this.#files.get(name);
      if (known === undefined) continue;
      const replayed = latest([...known.replayed, ...(others.get(name)?.replayed ?? [])]);
      files.push([name, { ...known, replayed }]);
    }
    if (files.length === 0) return;
    const text = JSON.stringify({ format: 'zdc-corpus-index', version: 1, files });
    await writeWhole(join(this.#folder, INDEX_NAME), text);
  }
}

export const indexSummaryOf = ({ requirement, op, case: testCase, target }: CaseFile): Summary => ({
  requirement,
  op,
  steps: testCase.commands.length,
  profile: testCase.profile,
  spec: target.spec,
});

/** The latest time for each target. */
function latest(times: readonly [string, number][]): [string, number][] {
  const byTarget = new Map<string, number>();
  for (const [spec, when] of times) byTarget.set(spec, Math.max(when, byTarget.get(spec) ?? 0));
  return [...byTarget];
}

async function filesIn(folder: string): Promise<Map<string, Known>> {
  try {
    const parsed = IndexFile.safeParse(JSON.parse(await readFile(join(folder, INDEX_NAME), 'utf8')));
    return new Map(parsed.success ? parsed.data.files : []);
  } catch {
    // It does not exist or is unusable.
    return new Map();
  }
}
