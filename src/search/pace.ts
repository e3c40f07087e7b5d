import { setImmediate } from 'node:timers/promises';

/** Interval, in milliseconds, at which a run yields to signals, timers and the terminal. */
const BREATH = 60;

/**
 * Yields to the event loop at intervals. Awaiting an embedded target, which answers synchronously, never lets a signal
 * or a timer through.
 */
export class Pace {
  #last = performance.now();

  async breathe(onBreath?: () => void): Promise<void> {
    const now = performance.now();
    if (now - this.#last < BREATH) return;
    onBreath?.();
    await setImmediate();
    this.#last = performance.now();
  }
}
