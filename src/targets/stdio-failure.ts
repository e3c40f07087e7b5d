import { existsSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { excerpt } from '../../spec/protocol/excerpt.ts';
import type { ProcessExit } from './stdio-process.ts';
import type { FailureKind, TargetFailure } from './target.ts';

export interface Failed {
  readonly kind: 'failure';
  readonly failure: TargetFailure;
}

export const failed = (kind: FailureKind, message: string, stderr = '', step?: number): Failed => ({
  kind: 'failure',
  failure: { kind, message, step, stderr },
});

/** A request without a response. */
interface Unanswered {
  readonly ending: ProcessExit;
  readonly inReply: boolean;
  readonly unfinished: string;
  /** The request in words: "hello" or "the case". Without a number, which would differ between processes in reports. */
  readonly asked: string;
  readonly program: string;
  readonly stderr: string;
  /** The step in execution, if the target reports its progress. */
  readonly step?: number | undefined;
}

/** The failure of a request without a response, with advice. */
export function unanswered(question: Unanswered): Failed {
  const [kind, message] = describe(question);
  const isStart = question.asked === 'hello' && question.ending.kind !== 'stopped';
  return failed(isStart ? 'start' : kind, message, question.stderr, question.step);
}

function describe(question: Unanswered): readonly [FailureKind, string] {
  const { ending, unfinished, asked, program } = question;
  switch (ending.kind) {
    case 'unstartable':
      return ['start', unstartable(program, ending.error)];
    case 'exit':
      return ['crash', ended(ending.signal ?? ending.code, question)];
    case 'closed':
      return [
        'crash',
        `The target closed its ${ending.stream} and gave no answer to ${asked}; ` +
          `an adapter keeps its streams open until its input ends.${lastWords(question.stderr)}`,
      ];
    case 'silent':
      return ['hang', silent(ending.milliseconds, question)];
    case 'too-long':
      return [
        'protocol',
        `The target answered ${asked} with a line of over ${ending.bytes} bytes, beginning ${excerpt(unfinished)}; ` +
          'end every answer with a newline and send only what was asked for.',
      ];
    case 'unasked':
      return ['protocol', unasked(ending.text)];
    case 'stopped':
      return ['refused', `The suite ended the target before it answered ${asked}.`];
  }
}

/** The message for output without a request. */
export const unasked = (text: string): string =>
  `The target wrote when nothing was asked: ${excerpt(text)}; ` +
  'each request is answered by exactly one line, and all else belongs on standard error.';

function ended(how: string | number | null, question: Unanswered): string {
  const { asked, inReply, unfinished, stderr } = question;
  const end = typeof how === 'string' ? `was killed by ${how}` : `ended with exit code ${how}`;
  const half =
    unfinished === ''
      ? ''
      : `, in the middle of a line: ${excerpt(unfinished)} (an answer counts when its newline is there)`;
  if (!inReply)
    return `The target ${end} after an answer, before the next case was asked${half}; ${STAY}.${lastWords(stderr)}`;
  return `The target ${end} before it answered ${asked}${half}.${lastWords(stderr)}`;
}

const STAY = 'an adapter stays until its input ends';

function silent(milliseconds: number, { asked, unfinished, stderr }: Unanswered): string {
  const time = `${milliseconds / 1000} s`;
  const flag = asked === 'hello' ? '--startup-timeout' : '--case-timeout';
  const what =
    unfinished === ''
      ? `did not answer ${asked} within ${time}; if it is only slow, raise ${flag}; ` +
        'if it did answer, flush its standard output after every line'
      : `answered ${asked} with half a line within ${time}: ${excerpt(unfinished)}; end every answer with a newline`;
  return `The target ${what}.${lastWords(stderr)}`;
}

/** The last line of standard error, which often contains the reason. */
function lastWords(stderr: string): string {
  const line = stderr.trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? '' : ` The end of its standard error: ${excerpt(line)}.`;
}

const NO_SHELL = 'no shell is started, so for variables, pipes or "cd" write: stdio:sh -c "…"';

function unstartable(program: string, error: NodeJS.ErrnoException): string {
  const cannot = `The target cannot be started: ${excerpt(program)}`;
  switch (error.code) {
    case 'ENOENT':
      if (!program.includes('/')) {
        const here = existsSync(program) ? `; there is one in this folder: write "./${program}"` : '';
        return `${cannot} is not on the PATH${here} (${NO_SHELL}).`;
      }
      if (existsSync(program)) {
        return `${cannot} is there, but the interpreter in its first line (#!) is not.`;
      }
      return `${cannot} does not exist (${excerpt(resolve(program))}). ${
        /^~|\$/.test(program) ? `Note: ${NO_SHELL}.` : 'If it is a compiled adapter, build it first.'
      }`;
    case 'EACCES':
      return `${cannot} is not an executable file. ${remedyFor(program)}`;
    default:
      return `${cannot}: ${error.message}.`;
  }
}

/** Files of languages that are compiled. */
const SOURCES: ReadonlySet<string> = new Set(['.c', '.cc', '.cpp', '.go', '.rs']);

/** The remedy for a file that cannot be executed. */
function remedyFor(program: string): string {
  if (statSync(program, { throwIfNoEntry: false })?.isDirectory() === true)
    return 'It is a folder: name a program in it.';
  return SOURCES.has(extname(program))
    ? 'It is source code: compile it, and name the compiled program.'
    : 'Make it one (chmod +x), or name its interpreter first.';
}
