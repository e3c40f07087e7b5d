import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** The beginning of a kernel error or warning. */
const USER_ERROR =
  /BUG:|kernel BUG|page dumped because|WARNING:|Oops|Kernel panic|general protection|cut here|blocked for more than|soft lockup|Out of memory/;
const TIMESTAMP = /^\[\s*\d+\.\d+\]\s?/;
/** In characters: enough for a trace with the lines before it. */
const KEPT = 16 * 1024;

/** The relevant part of a console: from the first kernel error on, or its end if there is none. */
export function userErrorIn(text: string): string {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((line) => USER_ERROR.test(line));
  return first < 0 ? text.slice(-KEPT) : lines.slice(first).join('\n').slice(0, KEPT);
}

/** The first kernel error in one line, without the time; undefined if there is none. */
export function headlineOf(text: string): string | undefined {
  const line = text.split(/\r?\n/).find((one) => USER_ERROR.test(one) && !one.includes('cut here'));
  return line?.replace(TIMESTAMP, '').trim();
}

/** The maximum number of bytes read from the beginning and from the end of a console, since a kernel may flood it. */
const PART = 1024 * 1024;

/** The size of a guest's console, in bytes; 0 before its first output and after its end. */
export function consoleSize(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

/** The text of a guest's console; of a very long one, its beginning and end. */
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
