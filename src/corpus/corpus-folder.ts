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

/** A file of the corpus: a counterexample, or an unreadable file with the name of one. */
export type CorpusEntry =
  | { readonly kind: 'counterexample'; readonly path: string; readonly file: CaseFile; readonly seen: Date }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string };

export interface CorpusListing {
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

export interface CorpusSurvey {
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

/** The number of concurrent stat calls: sequential calls take ten times as long. */
const AT_ONCE = 200;

/** The sizes and modification times of the existing files. */
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
    const reason = contents.kind === 'case' ? 'it is a case alone, without a requirement' : contents.message;
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
