import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FORMAT } from './case-file.ts';
import type { CaseFile } from './case-file.ts';
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
  let names: string[];
  try {
    names = (await readdir(folder)).toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { entries: [], trouble: undefined };
    return { entries: [], trouble: oneLine(error instanceof Error ? error.message : String(error)) };
  }
  const entries: CorpusEntry[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if (isUnfinished(name)) await sweep(path);
    const entry = name.endsWith('.json') ? await entryOf(path, name) : undefined;
    if (entry !== undefined) entries.push(entry);
  }
  return { entries, trouble: undefined };
}

async function entryOf(path: string, name: string): Promise<CorpusEntry | undefined> {
  try {
    const about = await stat(path);
    if (!about.isFile()) return undefined;
    const text = await readFile(path, 'utf8');
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
