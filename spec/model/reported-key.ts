import type { Op } from '../vocabulary/command.ts';
import { fileValue } from '../vocabulary/scope.ts';
import { isFile } from './permission.ts';
import {
  FIRST_FRAME,
  LAZY_FREE,
  LIKELY_WRITABLE,
  NO_OBJECT,
  PAGED_OUT,
  READ_ONLY,
  SOFT_DIRTY,
  type State,
  SYSTEM,
  WITHHELD,
} from './state.ts';

/** File values are not renamed, because the file holds them independently of the page. */
const FIRST_FILE_VALUE = fileValue(0);
const FILE_NAME = 16;

/**
 * The key of a state: equal for states that the given commands, with a snapshot after each, cannot distinguish. Besides
 * the names of objects, frames and values, it omits the properties that none of the commands queries: soft-dirty,
 * lazy-free, paged out, and the charged group. It also omits whether an entry in system memory is likely to become
 * WRITE, because a snapshot settles that in both directions.
 */
export class ReportedKey {
  readonly #soft: boolean;
  readonly #advice: boolean;
  readonly #residency: boolean;
  readonly #groups: boolean;
  readonly #codes: number[] = [];
  readonly #objects: number[] = [];
  readonly #values: number[] = [];
  readonly #frames: number[] = [];

  constructor(ops: ReadonlySet<Op>) {
    this.#soft = ops.has('soft-dirty');
    this.#advice = ops.has('advise');
    this.#residency = ops.has('residency');
    this.#groups = ops.has('charge') || ops.has('limit');
  }

  of(state: State): string {
    const codes = this.#codes;
    codes.length = 0;
    this.#objects.length = 0;
    this.#values.length = 0;
    this.#frames.length = 0;
    let bits = 0;
    for (const cell of state.alive) bits = bits * 2 + cell;
    codes.push(bits);
    for (let entry = 0; entry < state.entry.length; entry++) this.#addEntry(state, entry);
    for (const held of state.slot) codes.push(held > 0 ? nameOf(this.#objects, held) : held & 0xffff);
    // All objects are named by now, because every object has an entry or a pin.
    for (const object of this.#objects) this.#addObject(state, object);
    for (const cell of state.common) codes.push(this.#valueName(cell));
    for (let kind = 0; kind < state.remaining.length; kind++) {
      const left = state.remaining[kind] ?? 0;
      codes.push(left === 0 ? 0 : (left + 2) * 256 + (state.victim[kind] ?? 0) + 2);
    }
    bits = 0;
    for (let device = 0; device < state.attached.length; device++) {
      const attached = state.attached[device] ?? 0;
      bits = bits * 8 + attached * 4 + (state.closed[device] ?? 0) * 2 + (state.rangeTaken[device] ?? 0);
    }
    codes.push(bits, state.swap[0] ?? 0);
    if (this.#groups) {
      for (const cell of state.member) codes.push(cell);
      for (const cell of state.limit) codes.push(cell);
    }
    return String.fromCharCode(...codes);
  }

  #addEntry(state: State, entry: number): void {
    const object = state.entry[entry] ?? NO_OBJECT;
    const mapping = state.mapping[entry] ?? 0;
    let writable = state.writable[entry] ?? READ_ONLY;
    if (writable === LIKELY_WRITABLE && !state.onDevice(object)) writable = READ_ONLY;
    let track = (state.track[entry] ?? 0) & ~WITHHELD;
    // The soft-dirty bit of a file mapping is not reported.
    if (!this.#soft || isFile(mapping)) track &= ~SOFT_DIRTY;
    if (!this.#advice) track &= ~LAZY_FREE;
    if (!this.#residency) track &= ~PAGED_OUT;
    const seen = object <= NO_OBJECT ? object & 0xff : nameOf(this.#objects, object);
    // The mapping has more bits than fit beside the object.
    this.#codes.push(((mapping & 0xff) << 8) | seen, ((mapping >> 8) << 9) | (writable << 5) | track);
  }

  #addObject(state: State, object: number): void {
    const place = state.place[object] ?? SYSTEM;
    const where =
      place === SYSTEM
        ? 0
        : place < FIRST_FRAME
          ? 0x80 | place
          : nameOf(this.#frames, place) * 2 + state.deviceOf(place);
    const charge = this.#groups ? (state.group[object] ?? 0) : 0;
    this.#codes.push((this.#valueName(state.value[object] ?? 0) << 8) | where, charge);
  }

  #valueName(value: number): number {
    if (value === 0) return 0;
    return value >= FIRST_FILE_VALUE ? FILE_NAME + value - FIRST_FILE_VALUE : nameOf(this.#values, value);
  }
}

/** The number of an item, in the order of first occurrence, starting from 1. */
function nameOf(names: number[], item: number): number {
  const at = names.indexOf(item);
  return at >= 0 ? at + 1 : names.push(item);
}
