import type { Readable } from 'node:stream';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { type Paint, paintWith, wantsColours } from '../report/paint.ts';

/** An output stream, which may be a terminal. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The environment of the command, which tests replace. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Standard input, for the verbs that read it. */
  readonly stdin: () => Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted when the command is asked to stop. */
  readonly signal: AbortSignal;
}

export const isTerminal = (output: Output): boolean => output.isTTY === true;

/** The colours for an output. */
export const paintFor = (io: Io, output: Output = io.stdout): Paint =>
  paintWith(wantsColours(io.env, isTerminal(output)));

/** The line width of an output, in characters. Files get 140, which fits most windows. */
export const widthOf = (output: Output): number => Math.max(60, output.columns ?? 140);

/**
 * An error that the user can correct. It is reported in one sentence, without a stack trace, and ends the command with
 * this exit code.
 */
export class UserError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}

/** Prevents a write error from ending the command, and determines the exit code after one. */
export interface OutputGuard {
  /** The final exit code, given the exit code of the command itself. */
  exitCode(own: number): number;
}

/**
 * Handles write errors of the two outputs. A closed pipe (`zdc run | head`) does not change the exit code. A full disk is
 * reported once on standard error. It turns success into "bad file or configuration" and keeps every other exit code,
 * since those carry information about the target.
 */
export function guardOutputs(stdout: Output, stderr: Output): OutputGuard {
  let isLost = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isLost) return;
    isLost = true;
    stderr.write(`error: Standard output cannot be written: ${error.message}.\n`);
  });
  stderr.on('error', () => {
    // There is no output left to report it.
  });
  return { exitCode: (own) => (own === EXIT.conforms && isLost ? EXIT.configuration : own) };
}
