import { rm } from 'node:fs/promises';
import { readCaseFile } from './read-case-file.ts';

/** Removes a case that was saved unshrunk after its shrunk form was saved. */
export async function discardUnshrunk(path: string): Promise<void> {
  const contents = await readCaseFile(path);
  // Another run may have reached the same case by shrinking; its file has a better certificate and is kept.
  if (contents.kind !== 'counterexample') return;
  const { certificate, flaky } = contents.file;
  if (certificate !== 'found' || flaky !== undefined) return;
  await rm(path, { force: true });
}
