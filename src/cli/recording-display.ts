import { createLogUpdate } from 'log-update';
import type { RecordingProgress } from '../run/judge-recording.ts';
import { amount, duration, figure } from '../report/figures.ts';
import { type Io, isTerminal, paintFor } from './io.ts';

/** How often the line is drawn again, in milliseconds. */
const REDRAW = 100;

/** Shows how far the judging of a recording has come. */
export interface RecordingDisplay {
  listener(progress: RecordingProgress): void;
  /** Makes room for something that stays. */
  clear(): void;
  end(): void;
}

const SILENT: RecordingDisplay = {
  listener() {
    // Nobody watches.
  },
  clear() {
    // Nothing was drawn.
  },
  end() {
    // Nothing was drawn.
  },
};

/** A line that changes in place; nothing where nobody watches. */
export function recordingDisplay(io: Io): RecordingDisplay {
  if (!isTerminal(io.stderr) || io.env['TERM'] === 'dumb') return SILENT;
  const log = createLogUpdate(io.stderr);
  const paint = paintFor(io, io.stderr);
  let drawn = performance.now();
  return {
    listener(progress) {
      const now = performance.now();
      if (now - drawn < REDRAW) return;
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
    `${duration(elapsed)} gone`,
  ].join(', ');
