import { readFile, stat } from 'node:fs/promises';

/** Standard input and other open files, which may be pipes. */
const OPEN_FILES = /^\/(?:dev|proc)\//;

/**
 * Checks that a path names a regular file or, under /dev or /proc, an open one. A named pipe would be read until a
 * process writes to it.
 */
export async function checkRegular(path: string): Promise<void> {
  const about = await stat(path);
  if (about.isFile() || about.isDirectory() || OPEN_FILES.test(path)) return;
  throw new Error(`it is ${about.isFIFO() ? 'a named pipe' : 'a device or a socket'}, not a regular file`);
}

/** The text of a file; an error if it is not a regular one. */
export async function readText(path: string): Promise<string> {
  await checkRegular(path);
  return readFile(path, 'utf8');
}
