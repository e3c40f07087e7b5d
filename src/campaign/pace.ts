import { setImmediate } from 'node:timers/promises';

/** How often, in milliseconds, a run lets the world in: signals, timers, the terminal. */
const BREATH = 60;

/**
 * Lets a busy loop be interrupted. A target in this process answers at once, so awaiting it never lets a signal or a
 * timer through; `breathe` does, now and then.
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
