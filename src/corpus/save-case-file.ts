import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CaseFile, caseFileName } from './case-file.ts';
import { findCheckout } from './suite.ts';

/** Where runs started in this folder save what they find: apart in a checkout of ours, hidden in anybody else's. */
export function savingFolder(cwd: string): string {
  const checkout = findCheckout(cwd);
  return checkout === undefined ? join(cwd, '.zdc') : join(checkout, 'reports', 'runs');
}

/** Saves a counterexample and gives the path of its file. */
export async function saveCaseFile(file: CaseFile, folder: string): Promise<string> {
  const path = join(folder, caseFileName(file));
  await writeWhole(path, `${JSON.stringify(file, null, 2)}\n`, folder);
  return path;
}

/** Writes a file under another name first, so that nobody ever reads half of it. */
export async function writeWhole(path: string, text: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(unfinished, text);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
