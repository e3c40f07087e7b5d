import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { forgetGroup, killGroup, watchGroup } from '../stdio-groups.ts';

/** A program to run for a build. */
export interface BuildStep {
  /** What it does, for people: "unpack the source". */
  readonly title: string;
  readonly program: string;
  readonly words: readonly string[];
  readonly folder?: string;
  readonly input?: string;
  /** Everything that it writes is kept here. */
  readonly log: string;
  /** About how many lines it writes, by which its progress is told. */
  readonly lines?: number;
}

export interface BuildProgress {
  readonly title: string;
  /** From 0 to 1; undefined where nothing tells. */
  readonly fraction: number | undefined;
  readonly elapsed: number;
}

export interface StepWatch {
  readonly onProgress: (progress: BuildProgress) => void;
  readonly signal: AbortSignal;
}

/** A step that did not come to its end. */
export class StepFailed extends Error {
  readonly log: string;

  constructor(message: string, log: string) {
    super(message);
    this.name = 'StepFailed';
    this.log = log;
  }
}

/** How often progress is told, in milliseconds. */
const TELL = 200;
const LAST_LINES = 12;

/** Runs a program to its end, with a log; throws `StepFailed` where it fails or is stopped. */
export async function runStep(step: BuildStep, { onProgress, signal }: StepWatch): Promise<void> {
  await mkdir(dirname(step.log), { recursive: true });
  const began = performance.now();
  const log = createWriteStream(step.log).on('error', () => {
    // On a full disk the step fails, too, and its last lines say so.
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
    const said = last.length === 0 ? '' : `\nThe last it said:\n  ${last.join('\n  ')}`;
    throw new StepFailed(`Could not ${step.title} (${step.program}): ${end}.${said}`, step.log);
  } finally {
    clearInterval(ticking);
    signal.removeEventListener('abort', stop);
    if (pid !== undefined) forgetGroup(pid);
    // Whoever is told of the log must find it whole.
    await new Promise<void>((resolve) => {
      log.end(resolve);
    });
  }
}
