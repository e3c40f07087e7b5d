import { execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { forgetGroup, killGroup, watchGroup } from '../process-groups.ts';

/** A program to run for a build. */
export interface BuildStep {
  /** The step in words: "unpack the source". */
  readonly title: string;
  readonly program: string;
  readonly words: readonly string[];
  readonly folder?: string;
  readonly input?: string;
  /** The file with all its output. */
  readonly log: string;
  /** The approximate number of its output lines, for the progress display. */
  readonly lines?: number;
}

export interface BuildProgress {
  readonly title: string;
  /** From 0 to 1; undefined if unknown. */
  readonly fraction: number | undefined;
  readonly elapsed: number;
}

export interface StepWatch {
  readonly onProgress: (progress: BuildProgress) => void;
  readonly signal: AbortSignal;
}

/** A step that failed or was stopped. */
export class StepFailed extends Error {
  readonly log: string;

  constructor(message: string, log: string) {
    super(message);
    this.name = 'StepFailed';
    this.log = log;
  }
}

/** The interval of progress reports, in milliseconds. */
const TELL = 200;
const LAST_LINES = 12;

/** Runs a program to its end, with a log; throws `StepFailed` if it fails or is stopped. */
export async function runStep(step: BuildStep, { onProgress, signal }: StepWatch): Promise<void> {
  await mkdir(dirname(step.log), { recursive: true });
  const began = performance.now();
  const log = createWriteStream(step.log).on('error', () => {
    // On a full disk the step fails as well, and its last lines give the reason.
  });
  const last: string[] = [];
  let lines = 0;
  const tell = (): void => {
    const fraction = step.lines === undefined ? undefined : Math.min(lines / step.lines, 0.99);
    onProgress({ title: step.title, fraction, elapsed: performance.now() - began });
  };
  const child = spawn(step.program, [...step.words], {
    cwd: step.folder,
    detached: true,
    stdio: [step.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid !== undefined) watchGroup(pid);
  child.stdin?.on('error', () => {
    // It ended before it had read everything: its exit code tells.
  });
  child.stdin?.end(step.input);
  for (const output of [child.stdout, child.stderr]) {
    if (output === null) continue;
    createInterface({ input: output }).on('line', (line) => {
      lines++;
      log.write(`${line}\n`);
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
    });
  }
  const stop = (): void => {
    if (pid !== undefined) killGroup(pid);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const ticking = setInterval(tell, TELL);
  tell();
  try {
    const end = await new Promise<string | undefined>((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('close', (code, killed) =>
        resolve(code === 0 ? undefined : `it ended with ${killed ?? `exit code ${code}`}`),
      );
    });
    if (signal.aborted) throw new StepFailed(`Interrupted: ${step.title}.`, step.log);
    if (end === undefined) return;
    const said = last.length === 0 ? '' : `\nIts last lines:\n  ${last.join('\n  ')}`;
    throw new StepFailed(`Could not ${step.title} (${step.program}): ${end}.${said}`, step.log);
  } finally {
    clearInterval(ticking);
    signal.removeEventListener('abort', stop);
    if (pid !== undefined) forgetGroup(pid);
    // The log must be complete before its path is reported.
    await new Promise<void>((resolve) => {
      log.end(resolve);
    });
  }
}

/** The largest output that is read, in bytes. */
const MAX_OUTPUT = 16 * 1024 * 1024;

/** The standard output of a short program; undefined if it fails or is stopped. */
export const outputOf = (
  program: string,
  words: readonly string[],
  signal: AbortSignal,
  folder?: string,
): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(program, [...words], { signal, maxBuffer: MAX_OUTPUT, cwd: folder }, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    );
  });
