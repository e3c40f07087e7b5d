import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import type { Finding } from '../campaign/finding.ts';
import { caseFileOf, type Origin } from '../report/case-file.ts';
import { saveCaseFile, savingFolder } from '../report/save-case-file.ts';
import type { Io } from './io.ts';

/**
 * Saves findings as they are made. A folder that cannot be written must not cost what was found: then they go to the
 * folder for temporary files, and somebody is told.
 */
export function keeper(io: Io, origin: Origin): (finding: Finding) => Promise<string | undefined> {
  return async (finding) => {
    const file = caseFileOf(finding, origin);
    const folder = savingFolder(io.cwd);
    try {
      return fromHere(io.cwd, await saveCaseFile(file, folder));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const path = await saveCaseFile(file, join(tmpdir(), 'zdc')).catch(() => undefined);
      const instead = path === undefined ? 'this one is in the report alone' : `this one is in ${path}`;
      io.stderr.write(`Counterexamples cannot be saved in ${folder} (${reason}); ${instead}.\n`);
      return path;
    }
  };
}

/** A path as somebody in this folder would write it. */
function fromHere(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
