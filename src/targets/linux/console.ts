import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Where the kernel begins to complain. */
const USER_ERROR =
  /BUG:|kernel BUG|page dumped because|WARNING:|Oops|Kernel panic|general protection|cut here|blocked for more than|soft lockup|Out of memory/;
const TIMESTAMP = /^\[\s*\d+\.\d+\]\s?/;
/** Enough for a trace, with what led to it. */
const KEPT = 16 * 1024;

/** What of a console's text is worth showing: from the first complaint on, or else its end. */
export function userErrorIn(text: string): string {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((line) => USER_ERROR.test(line));
  return first < 0 ? text.slice(-KEPT) : lines.slice(first).join('\n').slice(0, KEPT);
}

/** The complaint in one line, without the time; undefined where there is none. */
export function headlineOf(text: string): string | undefined {
  const line = text.split(/\r?\n/).find((one) => USER_ERROR.test(one) && !one.includes('cut here'));
  return line?.replace(TIMESTAMP, '').trim();
}

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
