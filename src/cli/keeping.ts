import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { FindingStore, SavedFinding } from '../run/finding-store.ts';
import { type CaseFile, caseFileOf, type Origin } from '../corpus/case-file.ts';
import { discardUnshrunk } from '../corpus/discard-unshrunk.ts';
import { oneLine } from '../corpus/printable.ts';
import { saveCaseFile } from '../corpus/save-case-file.ts';
import type { Io } from './io.ts';

/**
 * Saves findings as they are made. A folder that cannot be written must not cost what was found: then they go to the
 * folder for temporary files, and somebody is told.
 */
export function keeper(io: Io, folder: string, origin: Origin): FindingStore {
  return {
    save: (finding) => saveOrElse(finding, folder, origin, io),
    async discard(file) {
      // One too many is in nobody's way.
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
    // What is still to be reduced is told of when it is.
    if (file.certificate === 'found') return path;
    const instead = path === undefined ? 'this one is only in the report' : `this one is in ${path}`;
    io.stderr.write(
      `Counterexamples cannot be saved in ${oneLine(folder)} (${reasonOf(error)}); ${instead}.\n`,
    );
    return path;
  }
}

/** Saves a counterexample in the folder for temporary files; undefined where that fails, too. */
export const saveInTemp = (file: CaseFile): Promise<string | undefined> =>
  saveCaseFile(file, join(tmpdir(), 'zdc')).catch(() => undefined);

/** Why a file could not be written or removed, in one line. */
export const reasonOf = (error: unknown): string =>
  oneLine(error instanceof Error ? error.message : String(error));

/** A path as somebody in this folder would write it. */
export function fromHere(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
