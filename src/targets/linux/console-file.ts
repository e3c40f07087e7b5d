import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** What is read of a console at most, from its beginning and from its end: a kernel may complain without an end. */
const PART = 1024 * 1024;

/** How much a guest has written to its console; 0 where it never came so far, or is ended. */
export function consoleSize(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

/** What a guest has written to its console; of one that is very long, how it begins and ends. */
export function readConsole(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    if (size <= 2 * PART) return readAt(file, 0, size);
    return `${readAt(file, 0, PART)}\n…\n${readAt(file, size - PART, PART)}`;
  } finally {
    closeSync(file);
  }
}

function readAt(file: number, position: number, length: number): string {
  const bytes = Buffer.alloc(length);
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, length, position));
}
