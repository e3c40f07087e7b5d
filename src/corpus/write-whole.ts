import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One block: enough to detect a full disk. */
const TRIAL_BYTES = 4096;

/**
 * Writes a file atomically and durably: a temporary file is written and synced, renamed, and the folder is synced.
 * Readers never see a partial file. Of two processes that write the same file, one is last. A device or a pipe is
 * written directly.
 */
export async function writeWhole(path: string, text: string, folder: string = dirname(path)): Promise<void> {
  await makeFolder(folder);
  if (await isSpecial(path)) return writeFile(path, text);
  const real = await realpath(path).catch(() => path);
  await throughUnfinished(real, text, (unfinished) => rename(unfinished, real));
  await syncFolder(folder);
}

/** Checks that a file can be written, by writing a temporary file beside it; throws if it cannot. */
export async function tryWriting(path: string): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory() === true) throw new Error('it is a folder');
  if (existing !== undefined) await access(path, constants.W_OK);
  if (existing?.isFile() === false) return;
  await makeFolder(dirname(path));
  await throughUnfinished(path, ' '.repeat(TRIAL_BYTES), (unfinished) => rm(unfinished));
}

/** Creates a folder and its parents. Unlike `recursive`, it terminates if the system rejects every name, as in /proc. */
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

/** True if the path is a device, a pipe or a terminal, that is, neither a file nor a folder. */
const isSpecial = (path: string): Promise<boolean> =>
  stat(path).then(
    (about) => !about.isFile() && !about.isDirectory(),
    () => false,
  );

/** Writes a temporary file beside a path and passes it on; after an error it is removed. */
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
    // The message names the path that was asked for.
    if (error instanceof Error) error.message = error.message.replaceAll(unfinished, path);
    throw error;
  }
}

/** Syncs a folder, if the file system supports it. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Some file systems cannot sync folders; they write the names later.
  }
}

/** True for the name of a temporary file of `writeWhole`. */
export const isUnfinished = (name: string): boolean => /\.\d+\.[0-9a-f]{8}\.tmp$/.test(name);
