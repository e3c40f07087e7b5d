import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { isJsonObject } from '../../../spec/protocol/json-object.ts';
import { excerpt } from '../../../spec/protocol/excerpt.ts';
import type { FailureKind } from '../target.ts';
import type { Batch } from '../stdio-batch.ts';
import { type Failed, failed } from '../stdio-failure.ts';
import type { ProcessExit } from '../stdio-process.ts';

/** The error of the agent for a case without observations. */
interface GuestError {
  readonly failure: string;
  readonly message: string;
  readonly step: number | undefined;
}

/** Parses an error of the agent; undefined if the line is not an error. */
export function readGuestError(line: string): GuestError | undefined {
  // Most lines are long responses, which are not parsed twice.
  if (!line.startsWith('{"type":"error"')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { failure, message, step } = value;
  if (typeof failure !== 'string' || typeof message !== 'string') return undefined;
  return { failure, message, step: typeof step === 'number' ? step : undefined };
}

const KINDS: Readonly<Record<string, FailureKind>> = {
  hang: 'hang',
  death: 'crash',
  splat: 'crash',
  stuck: 'hang',
  leak: 'crash',
  difference: 'crash',
  trouble: 'refused',
};

/** True if the case left nothing behind: its processes have ended, and the device is reset. */
export const isCleanedUp = ({ failure }: GuestError): boolean =>
  failure === 'hang' || failure === 'leak' || failure === 'death' || failure === 'difference';

/** An error of the agent as a failure of the target, with the console. */
export function guestFailed(error: GuestError, { steps, commands }: Batch, console: string): Failed {
  const kind = KINDS[error.failure] ?? 'refused';
  const at = error.step === undefined ? undefined : Math.min(error.step, commands.length - 1);
  // A leak, and possibly a splat, is detected only after the last command, so the step must be located.
  const step = at === undefined || error.failure === 'leak' ? undefined : steps[at];
  const headline = error.failure === 'splat' ? headlineOf(console) : undefined;
  const message =
    headline === undefined ? `In the guest: ${error.message}.` : `The kernel reported an error: ${headline}`;
  return failed(kind, message, userErrorIn(console), step);
}

/** A guest that did not respond. */
interface Silent {
  readonly name: string;
  /** What to do if its program cannot be started. */
  readonly remedy: string;
  readonly console: string;
  readonly stderr: string;
}

/** The failure of a guest that did not respond. */
export function guestGone(
  ending: ProcessExit,
  asked: string,
  { name, remedy, console, stderr }: Silent,
): Failed {
  const headline = headlineOf(console);
  const text = [userErrorIn(console), stderr].filter((part) => part !== '').join('\n');
  const early = asked === 'hello';
  switch (ending.kind) {
    case 'unstartable':
      return failed('start', `The ${name} cannot be started: ${ending.error.message}. ${remedy}`);
    case 'silent': {
      const message = `The ${name} did not answer ${asked} within ${ending.milliseconds / 1000} s${said(headline)}.`;
      return failed(early ? 'start' : 'hang', message, text);
    }
    case 'too-long':
    case 'unasked':
      return failed('protocol', `The ${name} wrote unrequested output: ${excerpt(stderr)}.`, text);
    case 'stopped':
      return failed('refused', `The suite ended the ${name} before it answered ${asked}.`, text);
    case 'exit':
    case 'closed': {
      const message =
        headline === undefined
          ? `The ${name} ended before it answered ${asked}.`
          : `The kernel ended before it answered ${asked}: ${headline}`;
      return failed(early ? 'start' : 'crash', message, text);
    }
  }
}

const said = (headline: string | undefined): string =>
  headline === undefined ? '' : `; its console says: ${headline}`;

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

/** A function with an offset, as traces name it. */
const FUNCTION = /[a-z_][\w.]*\+0x[0-9a-f]+/i;
/** The instruction of the kernel, on x86 and arm64, at which it reported an error. */
const AT = new RegExp(`(?:RIP: 0010:|pc : )(?<at>${FUNCTION.source})`, 'i');

/**
 * The first kernel error in one line, without the time; undefined if there is none. It names the function that reported the
 * error, if the console does.
 */
export function headlineOf(text: string): string | undefined {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((one) => USER_ERROR.test(one) && !one.includes('cut here'));
  const headline = lines[first]?.replace(TIMESTAMP, '').trim();
  if (headline === undefined || FUNCTION.test(headline)) return headline;
  const at = AT.exec(lines.slice(first).join('\n'))?.groups?.['at'];
  return at === undefined ? headline : `${headline}, in ${at}`;
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
