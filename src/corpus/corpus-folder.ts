import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { FORMAT, type CaseFile, parseCaseFile } from './case-file.ts';
import { oneLine } from './printable.ts';
import { isUnfinished, writeWhole } from './write-whole.ts';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { currentId } from '../../spec/requirements/renamed.ts';
import { readText } from './read-text.ts';

/** A file of the corpus: a counterexample, or an unreadable file with the name of one. */
export type CorpusEntry =
  | { readonly kind: 'counterexample'; readonly path: string; readonly file: CaseFile; readonly seen: Date }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string };

interface CorpusListing {
  readonly entries: readonly CorpusEntry[];
  /** The reason why the folder could not be read; undefined if it was read or does not exist yet. */
  readonly trouble: string | undefined;
}

/** The file names of saved counterexamples. */
const COUNTEREXAMPLE_NAME = /-(?:[0-9a-f]{8}|[0-9a-f]{64})\.json$/;

/** In milliseconds. The unfinished file of another process is removed only after this time: it may still be writing. */
const UNFINISHED_MAX_AGE_MS = 60 * 60 * 1000;

/** Reads a corpus. Unreadable files do not make it fail. Other files, such as reports, are ignored. */
export async function readCorpus(folder: string): Promise<CorpusListing> {
  const { names, trouble } = await namesIn(folder);
  const entries: CorpusEntry[] = [];
  for (const [at, name] of names.entries()) {
    if (at % READ_AT_ONCE === 0) await setImmediate();
    const entry = entryOf(join(folder, name), name);
    if (entry !== undefined) entries.push(entry);
  }
  return { entries, trouble };
}

/** The part of a corpus file that a run needs before it replays it. */
type SurveyedFile = Exclude<IndexContents, { readonly kind: 'other' }> | { readonly kind: 'unread' };

interface CorpusSurvey {
  readonly files: ReadonlyMap<string, SurveyedFile>;
  readonly index: CorpusIndex;
  /** As in `CorpusListing`. */
  readonly trouble: string | undefined;
}

/** The minimum number of new files that a run reads. */
const MIN_READ = 100;
/** The number of files read concurrently. */
const READ_AT_ONCE = 20;

/** Lists a corpus and reads only new or modified files, in an order determined by the seed. */
export async function surveyCorpus(
  folder: string,
  seed: number,
  stopped: () => boolean,
): Promise<CorpusSurvey> {
  const { names, trouble } = await namesIn(folder);
  const index = await CorpusIndex.load(folder);
  const files = new Map<string, SurveyedFile>();
  const stamps = await stampsOf(folder, names);
  let read = 0;
  for (const name of shuffled([...stamps.keys()], seed)) {
    const stamp = stamps.get(name);
    if (stamp === undefined) continue;
    let contents = index.contents(name, stamp);
    if (contents === undefined) {
      // A minimum is read even if the time is over, so that repeated runs on a slow machine reach all of them.
      if (read >= MIN_READ && stopped()) {
        files.set(name, { kind: 'unread' });
        continue;
      }
      if (read++ % READ_AT_ONCE === 0) await setImmediate();
      contents = contentsOf(entryOf(join(folder, name), name));
      index.note(name, stamp, contents);
    }
    if (contents.kind !== 'other') files.set(name, contents);
  }
  return { files, index, trouble };
}

/** A permutation determined by the seed. */
const shuffled = (names: readonly string[], seed: number): readonly string[] =>
  names
    .map((name) => [createHash('sha256').update(`${seed} ${name}`).digest('hex'), name] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, name]) => name);

function contentsOf(entry: CorpusEntry | undefined): IndexContents {
  if (entry === undefined) return { kind: 'other' };
  return entry.kind === 'unreadable'
    ? { kind: 'unreadable', reason: entry.reason }
    : { kind: 'counterexample', summary: indexSummaryOf(entry.file) };
}

/** The number of files after which the event loop runs, so that Ctrl-C is noticed in a large folder. */
const STATS_AT_ONCE = 200;

/** The sizes and modification times of the existing files. */
async function stampsOf(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, Stamp>> {
  const stamps = new Map<string, Stamp>();
  for (const [at, name] of names.entries()) {
    if (at % STATS_AT_ONCE === 0) await setImmediate();
    const about = stampOf(join(folder, name));
    if (about !== undefined) stamps.set(name, about);
  }
  return stamps;
}

function stampOf(path: string): Stamp | undefined {
  try {
    const about = statSync(path);
    return about.isFile() ? about : undefined;
  } catch {
    // A dangling link, or a file removed by a concurrent prune.
    return undefined;
  }
}

/** The possible file names of counterexamples. Unfinished files of killed runs are removed. */
async function namesIn(
  folder: string,
): Promise<{ readonly names: readonly string[]; readonly trouble: string | undefined }> {
  try {
    const all = (await readdir(folder)).toSorted();
    for (const name of all.filter(isUnfinished)) await removeUnfinished(join(folder, name));
    return { names: all.filter((name) => name.endsWith('.json')), trouble: undefined };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = oneLine(error instanceof Error ? error.message : String(error));
    return { names: [], trouble: isMissing ? undefined : reason };
  }
}

function entryOf(path: string, name: string): CorpusEntry | undefined {
  try {
    const about = statSync(path);
    if (!about.isFile()) return undefined;
    const text = readFileSync(path, 'utf8');
    // A file with neither the name nor the format of a counterexample was never one.
    if (!COUNTEREXAMPLE_NAME.test(name) && !text.includes(`"${FORMAT}"`)) return undefined;
    const contents = parseCaseFile(text);
    if (contents.kind === 'counterexample')
      return { kind: 'counterexample', path, file: contents.file, seen: about.mtime };
    const reason = contents.kind === 'case' ? 'it is a case, not a counterexample' : contents.message;
    return { kind: 'unreadable', path, reason };
  } catch (error) {
    // A concurrent prune removed it.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    return {
      kind: 'unreadable',
      path,
      reason: oneLine(error instanceof Error ? error.message : String(error)),
    };
  }
}

/** Removes an unfinished file of a killed run. A recent one may belong to a live process and is kept. */
async function removeUnfinished(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > UNFINISHED_MAX_AGE_MS) await rm(path, { force: true });
  } catch {
    // It no longer exists or must not be removed. Unfinished files are ignored anyway.
  }
}

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
type IndexContents = z.infer<typeof IndexContents>;

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
interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * An index of the files of a corpus, so that a run reads only the files that it replays, and replays those first that
 * were not replayed for the longest time. It is a cache: if it is missing, damaged or not writable, files are read
 * again, and nothing else changes.
 */
class CorpusIndex {
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

const indexSummaryOf = ({ requirement, op, case: testCase, target }: CaseFile): Summary => ({
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
    const parsed = IndexFile.safeParse(JSON.parse(await readText(join(folder, INDEX_NAME))));
    return new Map(parsed.success ? parsed.data.files : []);
  } catch {
    // It does not exist or is unusable.
    return new Map();
  }
}
