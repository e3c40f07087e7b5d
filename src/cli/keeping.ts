import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { FindingStore, SavedFinding } from '../run/finding-store.ts';
import { type CaseFile, caseFileOf, type Origin } from '../corpus/case-file.ts';
import { discardUnshrunk, saveCaseFile } from '../corpus/save-case-file.ts';
import { oneLine } from '../corpus/printable.ts';
import type { Io } from './io.ts';

/**
 * Saves findings when they are made. If the folder cannot be written, they are saved in the folder for temporary files
 * and a warning is printed, so that no finding is lost.
 */
export function keeper(io: Io, folder: string, origin: Origin): FindingStore {
  return {
    save: (finding) => saveOrElse(finding, folder, origin, io),
    async discard(file) {
      // If the unshrunk file cannot be removed, a redundant file remains. This does no harm.
      await discardUnshrunk(resolve(io.cwd, file)).catch(() => undefined);
    },
  };
}

async function saveOrElse(
  finding: SavedFinding,
  folder: string,
  origin: Origin,
  io: Io,
): Promise<string | undefined> {
  const file = caseFileOf(finding, origin);
  try {
    return fromHere(io.cwd, await saveCaseFile(file, folder));
  } catch (error) {
    const path = await saveInTemp(file);
    // Findings that are still to be shrunk are announced after shrinking.
    if (file.certificate === 'found') return path;
    const instead = path === undefined ? 'this one is only in the report' : `this one is in ${path}`;
    io.stderr.write(
      `Counterexamples cannot be saved in ${oneLine(folder)} (${reasonOf(error)}); ${instead}.\n`,
    );
    return path;
  }
}

/** Saves a counterexample in the folder for temporary files; undefined if that fails as well. */
export const saveInTemp = (file: CaseFile): Promise<string | undefined> =>
  saveCaseFile(file, join(tmpdir(), 'zdc')).catch(() => undefined);

/** The reason of a file system error, in one line. */
export const reasonOf = (error: unknown): string =>
  oneLine(error instanceof Error ? error.message : String(error));

/** A path relative to a folder if it is below it, for messages. */
export function fromHere(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
