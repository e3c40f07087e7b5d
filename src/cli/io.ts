import type { Readable } from 'node:stream';
import { type Paint, paintWith, wantsColours } from '../report/paint.ts';
import type { ExitCode } from '../report/exit-code.ts';

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
    this.name = 'Complaint';
    this.exitCode = exitCode;
  }
}
