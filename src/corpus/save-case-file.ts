import { utimes, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rank } from '../search/certificate.ts';
import { type CaseFile, caseFileName, identityOf, parseCaseFile, readCaseFile } from './case-file.ts';
import { findCheckout } from './suite.ts';
import { writeWhole } from './write-whole.ts';
import { readText } from './read-text.ts';

/** The default folder for counterexamples: `reports/runs` in a checkout of this project, the hidden `.zdc` elsewhere. */
export function savingFolder(cwd: string): string {
  const checkout = findCheckout(cwd);
  return checkout === undefined ? join(cwd, '.zdc') : join(checkout, 'reports', 'runs');
}

/** The result of saving a counterexample. */
export interface Saved {
  readonly path: string;
  /** True if it was already saved with an equal or better certificate. */
  readonly wasThere: boolean;
}

/** Saves a counterexample and returns the path of its file. */
export const saveCaseFile = async (file: CaseFile, folder: string): Promise<string> =>
  (await addCaseFile(file, folder)).path;

/**
 * Saves a counterexample. If it is already saved with an equal or better certificate, only the modification time of its
 * file is updated: it shows when the counterexample was last found, and prevents a concurrent prune from removing it.
 */
export async function addCaseFile(file: CaseFile, folder: string): Promise<Saved> {
  const path = join(folder, caseFileName(file));
  const known = await readIfThere(path);
  if (known === undefined || identityOf(known) === identityOf(file)) return put(file, known, path, folder);
  // The short name of another counterexample collides: both are kept, under longer names.
  const longer = join(folder, caseFileName(file, 64));
  return put(file, await readIfThere(longer), longer, folder);
}

async function put(
  file: CaseFile,
  known: CaseFile | undefined,
  path: string,
  folder: string,
): Promise<Saved> {
  if (known !== undefined && isAtLeastAsGood(known, file)) {
    const now = new Date();
    const isAccessed = await utimes(path, now, now).then(
      () => true,
      () => false,
    );
    // A concurrent prune removed it without knowing that it was found again, so it is saved again.
    if (isAccessed) return { path, wasThere: true };
  }
  await writeWhole(path, `${JSON.stringify(file, null, 2)}\n`, folder);
  return { path, wasThere: false };
}

const rankOf = ({ certificate }: CaseFile): number => rank(certificate);

/** True if the existing file has an equal or better certificate. */
function isAtLeastAsGood(known: CaseFile, file: CaseFile): boolean {
  if (rankOf(known) !== rankOf(file)) return rankOf(known) > rankOf(file);
  return file.flaky === undefined || known.flaky !== undefined;
}

/** The counterexample in a file; undefined if there is none or it is unreadable. */
async function readIfThere(path: string): Promise<CaseFile | undefined> {
  const text = await readText(path).catch(() => undefined);
  if (text === undefined) return undefined;
  const contents = parseCaseFile(text);
  return contents.kind === 'counterexample' ? contents.file : undefined;
}

/** Removes a case that was saved unshrunk after its shrunk form was saved. */
export async function discardUnshrunk(path: string): Promise<void> {
  const contents = await readCaseFile(path);
  // Another run may have reached the same case by shrinking; its file has a better certificate and is kept.
  if (contents.kind !== 'counterexample') return;
  const { certificate, flaky } = contents.file;
  if (certificate !== 'found' || flaky !== undefined) return;
  await rm(path, { force: true });
}
