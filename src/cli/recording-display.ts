import { createLogUpdate } from 'log-update';
import type { RecordingProgress } from '../run/judge-recording.ts';
import { amount, duration, figure } from '../report/figures.ts';
import { type Io, isTerminal, paintFor } from './io.ts';

/** The interval of redraws, in milliseconds. */
const REDRAW_MS = 100;

/** Shows the progress of judging a recording. */
export interface RecordingDisplay {
  listener(progress: RecordingProgress): void;
  /** Removes the status line before permanent output. */
  clear(): void;
  end(): void;
}

const SILENT: RecordingDisplay = {
  listener() {
    // There is no terminal.
  },
  clear() {
    // There is no status line.
  },
  end() {
    // There is no status line.
  },
};

/** A status line on a terminal; nothing elsewhere. */
export function recordingDisplay(io: Io): RecordingDisplay {
  if (!isTerminal(io.stderr) || io.env['TERM'] === 'dumb') return SILENT;
  const log = createLogUpdate(io.stderr);
  const paint = paintFor(io, io.stderr);
  let drawn = performance.now();
  return {
    listener(progress) {
      const now = performance.now();
      if (now - drawn < REDRAW_MS) return;
      drawn = now;
      log(paint.dim(inWords(progress)));
    },
    clear() {
      log.clear();
    },
    end() {
      log.clear();
      log.done();
    },
  };
}

const inWords = ({ bytes, cases, steps, violating, elapsed }: RecordingProgress): string =>
  [
    `${amount(steps, 'step')} of ${amount(cases, 'case')}`,
    `${figure(bytes / 1_000_000)} MB`,
    `${figure((steps / elapsed) * 1000)} steps/s`,
    ...(violating === 0 ? [] : [`${figure(violating)} do not conform`]),
    `${duration(elapsed)} elapsed`,
  ].join(', ');
