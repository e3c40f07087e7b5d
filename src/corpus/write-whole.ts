import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Enough that a full disk is noticed, and no more than any other disk takes. */
const TRIAL_BYTES = 4096;

/**
 * Writes a file so that nobody ever reads half of it and no power failure takes it back: under another name first, on
 * the disk before it gets its own, and the folder, too. Two processes that write the same file do not disturb each
 * other: one of them is last. A device or a pipe is written to, not replaced.
 */
export async function writeWhole(path: string, text: string, folder: string = dirname(path)): Promise<void> {
  await makeFolder(folder);
  if (await isSpecial(path)) return writeFile(path, text);
  const real = await realpath(path).catch(() => path);
  await throughUnfinished(real, text, (unfinished) => rename(unfinished, real));
  await syncFolder(folder);
}

/** Makes sure that a file can be written, by writing one beside it; throws where it cannot. */
export async function tryWriting(path: string): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory() === true) throw new Error('it is a folder');
  if (existing !== undefined) await access(path, constants.W_OK);
  if (existing?.isFile() === false) return;
  await makeFolder(dirname(path));
  await throughUnfinished(path, ' '.repeat(TRIAL_BYTES), (unfinished) => rm(unfinished));
}

/** Makes a folder and those above it. Unlike `recursive`, it ends where the system refuses every name, as in /proc. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isFolder(path)) return;
    const isAboveMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const above = dirname(path);
    if (!isAboveMissing || above === path || (await isFolder(above))) throw error;
    await makeFolder(above);
    await makeFolder(path);
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (about) => about.isDirectory(),
    () => false,
  );

/** Whether there is something at a path that is neither a file nor a folder: a device, a pipe, a terminal. */
const isSpecial = (path: string): Promise<boolean> =>
  stat(path).then(
    (about) => !about.isFile() && !about.isDirectory(),
    () => false,
  );

/** Writes an unfinished file beside a path and has it used; it is removed where anything goes wrong. */
async function throughUnfinished(
  path: string,
  text: string,
  use: (unfinished: string) => Promise<void>,
): Promise<void> {
  const unfinished = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(unfinished, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await use(unfinished);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
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
