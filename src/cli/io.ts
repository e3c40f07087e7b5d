import type { Readable } from 'node:stream';
import { type Paint, paintWith, wantsColours } from '../report/paint.ts';

/** Where the command writes: a stream that may be a terminal. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** All that the command has of the world, so that tests can give it another one. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Where the command reads, for the verbs that do. */
  readonly stdin: () => Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted when somebody asks the command to stop. */
  readonly signal: AbortSignal;
}

export const isTerminal = (output: Output): boolean => output.isTTY === true;

/** The colours that an output takes. */
export const paintFor = (io: Io, output: Output = io.stdout): Paint =>
  paintWith(wantsColours(io.env, isTerminal(output)));

/** How many characters fit in a line of standard output; files get lines that most windows hold. */
export const widthOf = (output: Output): number => Math.max(60, output.columns ?? 140);
