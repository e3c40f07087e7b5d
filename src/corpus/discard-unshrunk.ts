import { rm } from 'node:fs/promises';
import { readCaseFile } from './read-case-file.ts';

/** Removes a case that was saved as it was found, now that a reduced one stands for it. */
export async function discardUnshrunk(path: string): Promise<void> {
  const contents = await readCaseFile(path);
  // Another run may have come to this very case by reducing, and then it is worth more than ours.
  if (contents.kind !== 'counterexample') return;
  const { certificate, flaky } = contents.file;
  if (certificate !== 'found' || flaky !== undefined) return;
  await rm(path, { force: true });
}
