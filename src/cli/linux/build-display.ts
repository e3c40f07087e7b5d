import { createLogUpdate } from 'log-update';
import { duration, percent } from '../../report/figures.ts';
import type { BuildProgress } from '../../targets/linux/build-step.ts';
import { type Io, isTerminal } from '../io.ts';

/** How often a log gets a line about the same step, in milliseconds. */
const NEXT_LINE = 15_000;
/** How much of a step must be over before its beginning says anything of its end. */
const ENOUGH = 0.03;

export interface BuildDisplay {
  readonly listener: (progress: BuildProgress) => void;
  end(): void;
}

/** On a terminal, a line that changes in place; in a log, a line for each step, and one now and then. */
export function buildDisplay(io: Io): BuildDisplay {
  if (isTerminal(io.stderr) && io.env['TERM'] !== 'dumb') {
    const log = createLogUpdate(io.stderr);
    return {
      listener: (progress) => log(progressLine(progress)),
      end() {
        log.clear();
        log.done();
      },
    };
  }
  let title = '';
  let reported = 0;
  return {
    listener(progress) {
      const now = performance.now();
      if (progress.title === title && now - reported < NEXT_LINE) return;
      title = progress.title;
      reported = now;
      io.stderr.write(`${progressLine(progress)}\n`);
    },
    end() {
      // Lines in a log are not removed.
    },
  };
}

/** How far a step is, in words. */
export function progressLine({ title, fraction, elapsed }: BuildProgress): string {
  // A step that has just begun has taken no time worth telling.
  if (elapsed < 1000) return `${title} …`;
  if (fraction === undefined || fraction < ENOUGH) return `${title}: ${duration(elapsed)}`;
  const left = (elapsed / fraction) * (1 - fraction);
  return `${title}: ${percent(fraction, 1)}, ${duration(elapsed)} elapsed, about ${duration(left)} left`;
}
