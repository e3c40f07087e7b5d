import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';

/**
 * Writes a file so that nobody ever reads half of it and no power failure takes it back: under another name first, on
 * the disk before it gets its own, and the folder, too. Two processes that write the same file do not disturb each
 * other: one of them is last.
 */
export async function writeWhole(path: string, text: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(unfinished, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Puts the names in a folder on the disk, where the file system lets us. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Some file systems do not sync folders: then the names come to the disk when they do.
  }
}

/** The name of a file that `writeWhole` has not finished. */
export const isUnfinished = (name: string): boolean => /\.\d+\.[0-9a-f]{8}\.tmp$/.test(name);
