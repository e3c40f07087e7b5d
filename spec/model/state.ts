import type { Scope } from '../vocabulary/scope.ts';

/** `entry` of a page without an object: a hole, or nothing mapped (the mapping tells). */
export const NO_OBJECT = 0;
/** `entry` of a page whose object was lost. */
export const POISONED = -1;

/** `mapping`: nothing mapped; else a kind and a protection. */
export const NOT_MAPPED = 0;
export const PRIVATE = 4;
export const HOST = 8;
/** The protection within a mapping. */
export const MAY_READ = 1;
export const MAY_WRITE = 2;

/** `place`: system memory; a frame that no observation has named yet; or, from here on, a frame. */
export const SYSTEM = 0;
export const SOME_FRAME = 1;
export const FIRST_FRAME = 2;

/**
 * `flavour` of an entry. A device entry that has just been made may be WRITE or READ; an observation settles it.
 * For an entry in system memory only `LIKELY_WRITE` means something: the process could store here without a fault.
 */
export const READ_FLAVOUR = 0;
export const EITHER_FLAVOUR = 1;
export const LIKELY_WRITE = 2;
export const WRITE_FLAVOUR = 3;

/** The four kinds of injections, as indices. */
export const SIGBUS = 0;
export const OOM = 1;
export const NO_FRAME = 2;
export const NO_COPY = 3;
/** `remaining` of an injection that lasts until healed. */
export const UNTIL_HEALED = -1;
/** `victim` of an injection that strikes every page; else an entry index. */
export const ANY_VICTIM = -1;

/** `history`: what has happened to an object that could explain a wrong value. Not part of the state proper. */
export const WAS_MOVED = 1;
export const WAS_SHARED = 2;
export const WAS_HOLE = 4;

/**
 * A state of the reference model: objects, the entries that see them, and the one place where each lives. It is a
 * handful of small integers in one buffer, so that copying a state is one `set` and no step ever clones a tree.
 *
 * Entries are numbered process × pages + page; objects from 1.
 */
export class State {
  readonly scope: Scope;
  /** All of the below, the part that makes two states equal first. */
  readonly cells: Int16Array;
  readonly alive: Int16Array;
  readonly mapping: Int16Array;
  readonly entry: Int16Array;
  readonly flavour: Int16Array;
  /** By object: its content. */
  readonly value: Int16Array;
  readonly place: Int16Array;
  /** By object: how many entries see it. */
  readonly maps: Int16Array;
  /** By object: how many pins hold it. An object without entries and pins does not exist. */
  readonly pins: Int16Array;
  /** By slot: 0, an object, or −1 − page for a host page. */
  readonly slot: Int16Array;
  readonly hostValue: Int16Array;
  readonly remaining: Int16Array;
  readonly victim: Int16Array;
  /** Whether the device is attached, and how many swap areas are on. */
  readonly machine: Int16Array;
  readonly history: Int16Array;
  /** By frame: the object that is known to live there. Follows from `place`, and saves looking for it. */
  readonly #holder: Int16Array;
  /** By process: entries that see an object. Follows from `entry`. */
  readonly #resident: Int16Array;
  /** How many objects exist, and how many of them are on the device. */
  readonly #objects: Int16Array;

  constructor(scope: Scope) {
    this.scope = scope;
    const entries = scope.processes * scope.pages;
    const objects = entries + scope.slots + 1;
    const lengths = [
      scope.processes,
      entries,
      entries,
      entries,
      objects,
      objects,
      objects,
      objects,
      scope.slots,
      scope.pages,
      4,
      4,
      2,
      objects,
      scope.frames,
      scope.processes,
      2,
    ];
    this.cells = new Int16Array(lengths.reduce((sum, length) => sum + length, 0));
    let offset = 0;
    const next = (length: number): Int16Array => {
      const part = this.cells.subarray(offset, offset + length);
      offset += length;
      return part;
    };
    this.alive = next(scope.processes);
    this.mapping = next(entries);
    this.entry = next(entries);
    this.flavour = next(entries);
    this.value = next(objects);
    this.place = next(objects);
    this.maps = next(objects);
    this.pins = next(objects);
    this.slot = next(scope.slots);
    this.hostValue = next(scope.pages);
    this.remaining = next(4);
    this.victim = next(4);
    this.machine = next(2);
    this.history = next(objects);
    this.#holder = next(scope.frames);
    this.#resident = next(scope.processes);
    this.#objects = next(2);
    this.reset();
  }

  /** How every case begins: process 0 alive, the device attached, nothing else. */
  reset(): void {
    this.cells.fill(0);
    this.alive[0] = 1;
    this.machine[0] = 1;
  }

  copyFrom(other: State): void {
    this.cells.set(other.cells);
  }

  /** Whether two states of one scope are the same, with their objects numbered alike. */
  equals(other: State): boolean {
    const { cells, history } = this;
    const { cells: others } = other;
    // What comes from `history` on is no part of the state proper, or follows from the rest.
    for (let cell = (history.byteOffset >> 1) - 1; cell >= 0; cell--) {
      if (cells[cell] !== others[cell]) return false;
    }
    return true;
  }

  clone(): State {
    const copy = new State(this.scope);
    copy.copyFrom(this);
    return copy;
  }

  /** One more than the largest number of an object. */
  get objectEnd(): number {
    return this.value.length;
  }

  get attached(): boolean {
    return this.machine[0] === 1;
  }

  at(process: number, page: number): number {
    return process * this.scope.pages + page;
  }

  exists(object: number): boolean {
    return (this.maps[object] ?? 0) + (this.pins[object] ?? 0) > 0;
  }

  onDevice(object: number): boolean {
    return (this.place[object] ?? SYSTEM) !== SYSTEM;
  }

  /** How many objects live on the device. */
  get onDeviceCount(): number {
    return this.#objects[1] ?? 0;
  }

  /** How many objects there are, which is how many pages are charged. */
  get objectCount(): number {
    return this.#objects[0] ?? 0;
  }

  /** How many entries of a process see an object. */
  residentOf(process: number): number {
    return this.#resident[process] ?? 0;
  }

  /** The object that is known to live on a frame; NO_OBJECT where none is. */
  holderOf(frame: number): number {
    return this.#holder[frame] ?? NO_OBJECT;
  }

  /** How many entries name a frame. */
  mappersOf(frame: number): number {
    return this.maps[this.holderOf(frame)] ?? 0;
  }

  /** Puts an object somewhere, or names the frame that it has been on. */
  setPlace(object: number, place: number): void {
    const before = this.place[object] ?? SYSTEM;
    if (before >= FIRST_FRAME) this.#holder[before - FIRST_FRAME] = NO_OBJECT;
    if (place >= FIRST_FRAME) this.#holder[place - FIRST_FRAME] = object;
    if ((before === SYSTEM) !== (place === SYSTEM)) this.#change(this.#objects, 1, place === SYSTEM ? -1 : 1);
    this.place[object] = place;
  }

  /** Lets an entry that sees nothing see an object. */
  link(entry: number, object: number): void {
    if (!this.exists(object)) this.#change(this.#objects, 0, 1);
    this.entry[entry] = object;
    this.maps[object] = (this.maps[object] ?? 0) + 1;
    this.#change(this.#resident, (entry / this.scope.pages) | 0, 1);
  }

  /** Takes an entry away from its object. True when nothing holds the object any more: it is gone. */
  unlink(entry: number, object: number): boolean {
    this.entry[entry] = NO_OBJECT;
    this.maps[object] = (this.maps[object] ?? 0) - 1;
    this.#change(this.#resident, (entry / this.scope.pages) | 0, -1);
    return this.#goneWithout(object);
  }

  /** Lets go of a pin. True when nothing holds the object any more. */
  unpin(object: number): boolean {
    this.pins[object] = (this.pins[object] ?? 0) - 1;
    return this.#goneWithout(object);
  }

  #goneWithout(object: number): boolean {
    if (this.exists(object)) return false;
    this.#change(this.#objects, 0, -1);
    return true;
  }

  #change(counts: Int16Array, at: number, by: number): void {
    counts[at] = (counts[at] ?? 0) + by;
  }

  /** Nothing was ever stored to this object: a hole became it when it moved to the device. */
  isStillTheHole(object: number): boolean {
    return ((this.history[object] ?? 0) & WAS_HOLE) !== 0 && this.value[object] === 0;
  }

  /** Whether a pin holds the object behind this entry. */
  pinned(object: number): boolean {
    return (this.pins[object] ?? 0) > 0;
  }
}
