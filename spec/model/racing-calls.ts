import type { RaceSide } from '../vocabulary/command.ts';
import { accessedEntry } from './meeting.ts';
import { isOnDevice } from './racing-access.ts';
import type { Step } from './step.ts';

/** The calls of page_fault in a race: how many there are at least, and at which entries there may be any. */
export class RacingCalls {
  least = 0;
  readonly entries = new Set<number>();
  readonly #step: Step;
  readonly #accessed: readonly number[];

  constructor(step: Step, commands: readonly RaceSide[]) {
    this.#step = step;
    this.#accessed = commands.map((one) => accessedEntry(step.state, one)).filter((entry) => entry >= 0);
    this.note(0);
  }

  /** All that was noted, in a word. */
  get soFar(): string {
    return `${this.least} ${[...this.entries].toSorted((one, other) => one - other).join()}`;
  }

  /** Takes note of so many calls, and of where the touched pages are now. */
  note(calls: number): void {
    this.least += calls;
    for (const entry of this.#accessed) if (isOnDevice(this.#step.state, entry)) this.entries.add(entry);
  }
}
