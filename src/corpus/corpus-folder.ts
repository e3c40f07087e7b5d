import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { FORMAT } from './case-file.ts';
import type { CaseFile } from './case-file.ts';
import { type IndexContents, CorpusIndex, type Stamp, indexSummaryOf } from './corpus-index.ts';
import { oneLine } from './printable.ts';
import { parseCaseFile } from './read-case-file.ts';
import { isUnfinished } from './write-whole.ts';

/** A file of the corpus: a counterexample, or something that should have been one. */
export type CorpusEntry =
  | { readonly kind: 'counterexample'; readonly path: string; readonly file: CaseFile; readonly seen: Date }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string };

export interface CorpusListing {
  readonly entries: readonly CorpusEntry[];
  /** Why the folder could not be read; undefined where it could, or where there is none yet. */
  readonly trouble: string | undefined;
}

/** The names that we give to counterexamples. */
const OURS = /-(?:[0-9a-f]{8}|[0-9a-f]{64})\.json$/;

/** How old the unfinished file of somebody else must be before we take its writer for dead. */
const LONG_DEAD = 60 * 60 * 1000;

/** Reads a corpus. No file in it can make this fail; people keep reports in the same folder, and those are passed over. */
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

/** A file of a corpus as far as a run needs to know it before it replays it. */
type SurveyedFile = Exclude<IndexContents, { readonly kind: 'other' }> | { readonly kind: 'unread' };

export interface CorpusSurvey {
  readonly files: ReadonlyMap<string, SurveyedFile>;
  readonly index: CorpusIndex;
  /** As of a listing. */
  readonly trouble: string | undefined;
}

/** How many new files a run reads at the least. */
const MIN_READ = 100;
/** How many are read before anything else gets its turn. */
const READ_AT_ONCE = 20;

/** Looks through a corpus and reads only what is new or has changed, in an order that the seed decides. */
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
      // Some are read whatever the time is, so that a slow machine comes to all of them, too, run by run.
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

/** An order that is another for each seed, and the same for the same one. */
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

/** How many files are looked at before anything else gets its turn: asking for each by itself takes ten times as long. */
const AT_ONCE = 200;

/** The sizes and times of those files that are there. */
async function stampsOf(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, Stamp>> {
  const stamps = new Map<string, Stamp>();
  for (const [at, name] of names.entries()) {
    if (at % AT_ONCE === 0) await setImmediate();
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
    // A link that leads nowhere, or a file that somebody else's prune has removed.
    return undefined;
  }
}

/** The names that may be those of counterexamples; what killed runs have left unfinished is swept on the way. */
async function namesIn(
  folder: string,
): Promise<{ readonly names: readonly string[]; readonly trouble: string | undefined }> {
  try {
    const all = (await readdir(folder)).toSorted();
    for (const name of all.filter(isUnfinished)) await sweep(join(folder, name));
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
    // Whatever bears neither our name nor our mark was never a counterexample.
    if (!OURS.test(name) && !text.includes(`"${FORMAT}"`)) return undefined;
    const contents = parseCaseFile(text);
    if (contents.kind === 'counterexample')
      return { kind: 'counterexample', path, file: contents.file, seen: about.mtime };
    const reason = contents.kind === 'case' ? 'it is a case alone, without a requirement' : contents.message;
    return { kind: 'unreadable', path, reason };
  } catch (error) {
    // Somebody else's prune was faster.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    return {
      kind: 'unreadable',
      path,
      reason: oneLine(error instanceof Error ? error.message : String(error)),
    };
  }
}

/** Removes what a run that was killed has left half written; another that lives may still be writing a young one. */
async function sweep(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > LONG_DEAD) await rm(path, { force: true });
  } catch {
    // It is gone, or not ours to remove: it is in nobody's way.
  }
}
