import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { CERTIFICATES } from '../search/certificate.ts';
import { type CaseFile, caseFileName, contentOf } from './case-file.ts';
import { parseCaseFile } from './read-case-file.ts';
import { findCheckout } from './suite.ts';
import { writeWhole } from './write-whole.ts';

/** Where runs started in this folder save what they find: apart in a checkout of ours, hidden in anybody else's. */
export function savingFolder(cwd: string): string {
  const checkout = findCheckout(cwd);
  return checkout === undefined ? join(cwd, '.zdc') : join(checkout, 'reports', 'runs');
}

/** What came of saving a counterexample. */
export interface Saved {
  readonly path: string;
  /** Whether it was there already, in a form that is no worse. */
  readonly wasThere: boolean;
}

/** Saves a counterexample and gives the path of its file. */
export const saveCaseFile = async (file: CaseFile, folder: string): Promise<string> =>
  (await addCaseFile(file, folder)).path;

/**
 * Saves a counterexample, unless it is there already under a certificate that is as good: then its file only gets
 * today's date, so that "when" says when it was last found, and nobody prunes it meanwhile.
 */
export async function addCaseFile(file: CaseFile, folder: string): Promise<Saved> {
  const path = join(folder, caseFileName(file));
  const known = await readIfThere(path);
  if (known === undefined || contentOf(known) === contentOf(file)) return put(file, known, path, folder);
  // Another counterexample whose name happens to be the same: neither may cost the other.
  const longer = join(folder, caseFileName(file, 64));
  return put(file, await readIfThere(longer), longer, folder);
}

async function put(
  file: CaseFile,
  known: CaseFile | undefined,
  path: string,
  folder: string,
): Promise<Saved> {
  if (known !== undefined && saysNoLess(known, file)) {
    const now = new Date();
    const isAccessed = await utimes(path, now, now).then(
      () => true,
      () => false,
    );
    // Whoever removed it in the meantime did not know that it was found again.
    if (isAccessed) return { path, wasThere: true };
  }
  await writeWhole(path, `${JSON.stringify(file, null, 2)}\n`, folder);
  return { path, wasThere: false };
}

const rankOf = ({ certificate }: CaseFile): number => CERTIFICATES.indexOf(certificate);

/** Whether the file that is there is as good as the one that would take its place. */
function saysNoLess(known: CaseFile, file: CaseFile): boolean {
  if (rankOf(known) !== rankOf(file)) return rankOf(known) > rankOf(file);
  return file.flaky === undefined || known.flaky !== undefined;
}

/** The counterexample in a file; undefined where there is none, or none that can be read. */
async function readIfThere(path: string): Promise<CaseFile | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const contents = parseCaseFile(text);
  return contents.kind === 'counterexample' ? contents.file : undefined;
}
