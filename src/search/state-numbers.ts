import { ReportedKey } from '../../spec/model/reachable.ts';
import type { State } from '../../spec/model/state.ts';
import type { Op } from '../../spec/vocabulary/command.ts';

/** The values that stores of a slice write. They have no meaning: a state with both exchanged is the same state. */
export const VALUES = [1, 2] as const;

/** The number of states whose keys are remembered; a power of two. With them, four of five lookups need no key. */
const REMEMBERED = 2 ** 16;

/**
 * Numbers the states that a snapshot can show, up to the names of objects, frames and values (`ReportedKey`). A lookup
 * returns the _name_ of a state: twice its number, plus one if it has the values of that state exchanged.
 */
export class StateNumbers {
  readonly #key: ReportedKey;
  readonly #numbers = new Map<string, number>();
  readonly #length: number;
  /** The cells of every state, one after the other. */
  #cells: Int16Array;
  /** Looked-up states by their hash, with all cells that matter, and their names; −1 stands for none. */
  readonly #matters: number;
  readonly #remembered: Int16Array;
  readonly #names = new Int32Array(REMEMBERED).fill(-1);

  constructor(initial: State, ops: ReadonlySet<Op>) {
    this.#key = new ReportedKey(ops);
    this.#length = initial.cells.length;
    this.#cells = new Int16Array(1024 * this.#length);
    this.#matters = initial.ownCells;
    this.#remembered = new Int16Array(REMEMBERED * this.#matters);
    this.nameOf(initial);
  }

  get size(): number {
    return this.#numbers.size;
  }

  /** Sets a state to the one that first had a number. */
  restore(number: number, to: State): void {
    to.cells.set(this.#cells.subarray(number * this.#length, (number + 1) * this.#length));
  }

  /** The name of a state, which gets a number if it has none. */
  nameOf(state: State): number {
    const place = this.#placeOf(state);
    const remembered = this.#nameAt(place, state);
    if (remembered >= 0) return remembered;
    const key = this.#key.of(state);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
      this.#store(state, number);
    }
    return this.#remember(place, state, number);
  }

  /** The name of a state; undefined if it has no number. */
  find(state: State): number | undefined {
    const place = this.#placeOf(state);
    const remembered = this.#nameAt(place, state);
    if (remembered >= 0) return remembered;
    const number = this.#numbers.get(this.#key.of(state));
    return number === undefined ? undefined : this.#remember(place, state, number);
  }

  #store({ cells }: State, number: number): void {
    if ((number + 1) * this.#length > this.#cells.length) {
      const larger = new Int16Array(2 * this.#cells.length);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    this.#cells.set(cells, number * this.#length);
  }

  #placeOf({ cells }: State): number {
    const matters = this.#matters;
    let hash = 0;
    for (let at = 0; at < matters; at++) hash = Math.imul(hash ^ (cells[at] ?? 0), 0x9e37_79b1);
    return (hash ^ (hash >>> 15)) & (REMEMBERED - 1);
  }

  #nameAt(place: number, { cells }: State): number {
    const name = this.#names[place] ?? -1;
    if (name < 0) return name;
    const matters = this.#matters;
    const remembered = this.#remembered;
    const from = place * matters;
    for (let at = 0; at < matters; at++) {
      if (cells[at] !== remembered[from + at]) return -1;
    }
    return name;
  }

  #remember(place: number, { cells }: State, number: number): number {
    const from = place * this.#matters;
    for (let at = 0; at < this.#matters; at++) this.#remembered[from + at] = cells[at] ?? 0;
    const name = 2 * number + (isExchanged(this.#key.values) ? 1 : 0);
    this.#names[place] = name;
    return name;
  }
}

/** Whether the first value of a state that the stores of a slice write is the second of these. */
function isExchanged(values: readonly number[]): boolean {
  for (const value of values) {
    if (value === VALUES[0]) return false;
    if (value === VALUES[1]) return true;
  }
  return false;
}
