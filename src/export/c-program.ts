import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { amalgamated, type Amalgamation } from './c-sources.ts';
import { remarks } from './remarks.ts';
import type { Subject } from './subject.ts';

/** The first command of a case that a device cannot execute, with the reason; undefined if it can execute all. */
export function firstRefused(
  { case: { scope, profile, commands }, capabilities }: Subject,
  device: string,
  inexpressible: (command: Command) => string | undefined,
): string | undefined {
  const admission = new Admission(scope, profile, capabilities);
  for (const [index, command] of commands.entries()) {
    const why = admission.admit(command) === undefined ? inexpressible(command) : undefined;
    if (why !== undefined) return `step ${index + 1} (${command.op}) cannot be done with ${device}: ${why}`;
  }
  return undefined;
}

/** An array of a program, one row a line. */
export const cArray = (declaration: string, rows: readonly string[]): string =>
  `${declaration} = {\n${rows.map((row) => `\t${row},\n`).join('')}};\n`;

/** A stand-alone program under a comment. */
export const cProgram = (subject: Subject, head: readonly string[], sources: Amalgamation): string =>
  `${cComment([...remarks(subject), '', ...head])}\n\n${amalgamated(sources)}\n`;

/** A string of C: printable ASCII as it is, all else byte by byte; `?` too, because of trigraphs. */
export const cString = (text: string): string =>
  `"${[...Buffer.from(text, 'utf8')].map(byteInString).join('')}"`;

const byteInString = (byte: number): string => {
  const character = String.fromCharCode(byte);
  return /[ !#->@-[\]-~]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
};

/** Lines as one comment of C that nothing in them ends. They contain no control characters. */
const cComment = (lines: readonly string[]): string =>
  `/*\n${lines.map((line) => ` * ${inComment(line)}`.trimEnd()).join('\n')}\n */`;

/** Neither ends the comment nor begins another one, and has no trigraph, which may join two lines. */
const inComment = (line: string): string =>
  line.replaceAll('*/', '* /').replaceAll('/*', '/ *').replaceAll('??', '? ?');
