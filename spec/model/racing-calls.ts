import type { RaceSide } from '../vocabulary/command.ts';
import { accessedEntry } from './meeting.ts';
import { isOnDevice } from './racing-access.ts';
import type { Step } from './step.ts';

/** The page_fault calls of a race: their minimum number, and the entries at which they are allowed. */
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

  /** The calls noted so far, as part of the key of a point. */
  get soFar(): string {
    return `${this.least} ${[...this.entries].toSorted((one, other) => one - other).join()}`;
  }

  /** Records a number of calls, and the entries where the accessed pages are now. */
  note(calls: number): void {
    this.least += calls;
    for (const entry of this.#accessed) if (isOnDevice(this.#step.state, entry)) this.entries.add(entry);
  }
}
