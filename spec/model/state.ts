import { CONTROL_GROUPS, devicesIn, framesIn, MAX_DEVICES, type Scope } from '../vocabulary/scope.ts';

/** `entry` of a page without an object: a hole, or nothing mapped (the mapping tells). */
export const NO_OBJECT = 0;
/** `entry` of a page whose object was lost: at a fault that failed, or with its device. */
export const POISONED = -1;
export const LOST = -2;

/** Whether an entry is poison, whatever made it so. */
export const isPoison = (entry: number): boolean => entry < NO_OBJECT;

/** `mapping`: nothing mapped; else a kind and a protection. A private mapping of a file is PRIVATE, too. */
export const NOT_MAPPED = 0;
export const PRIVATE = 4;
export const HOST = 8;
export const SHARED = 16;
export const FILE = 32;
/** The protection within a mapping. */
export const MAY_READ = 1;
export const MAY_WRITE = 2;
/** What else a mapping may be: locked; watched for missing pages. */
export const LOCKED = 64;
export const WATCHED_MISSING = 128;
/** What the child of a fork gets of it: no mapping; or the mapping with a hole in it. */
export const NOT_INHERITED = 256;
export const INHERITED_EMPTY = 512;

/**
 * `track`: whether the page was stored to since it was cleared; whether stores to it are watched for; whether its process
 * said that its content may go, and has not written to it since; whether it may be in a swap area, and was not touched since.
 */
export const DIRTY = 0;
export const CLEAN = 1;
export const DIRTY_OR_CLEAN = 2;
export const SOFT_DIRTY = 3;
export const WATCHED_STORES = 4;
export const LAZY_FREE = 8;
export const PAGED_OUT = 16;
/** No part of the state proper: there is nothing here because a fork did not pass on what its parent had. */
export const WITHHELD = 32;

/** `group` of an object that may be charged to either control group. */
export const EITHER_GROUP = CONTROL_GROUPS;

/** `value` of a page of which some cells hold one store and some another content, or what was there before. */
export const TORN = -1;
/** The same while a race lasts: the store that has written some of its cells is about to write the others. */
export const HALF_STORED = -2;

/**
 * `place`: system memory; a frame of the first or the second device that no observation has named yet; or, from here
 * on, a frame.
 */
export const SYSTEM = 0;
const SOME_FRAME = 1;
export const FIRST_FRAME = SOME_FRAME + MAX_DEVICES;

/** A frame of a device that only an observation can name. */
export const someFrameOf = (device: number): number => SOME_FRAME + device;

/** Whether the place is a frame that no observation has named yet. */
export const isSomeFrame = (place: number): boolean => place !== SYSTEM && place < FIRST_FRAME;

/**
 * `flavour` of an entry. A device entry that has just been made may be WRITE or READ; an observation settles it.
 * For an entry in system memory only `LIKELY_WRITE` means something: the process could store here without a fault.
 */
export const READ_ONLY = 0;
export const MAYBE_WRITABLE = 1;
export const LIKELY_WRITABLE = 2;
export const WRITABLE = 3;
/** In system memory: a device has the page to itself (from here on, which); or may have. */
const EXCLUSIVE = 4;
export const MAYBE_EXCLUSIVE = EXCLUSIVE + MAX_DEVICES;

/** The flavour of an entry whose page a device has to itself. */
export const exclusiveTo = (device: number): number => EXCLUSIVE + device;

/** Whether a device has the page behind an entry of this flavour to itself. */
export const isExclusive = (writable: number): boolean => writable >= EXCLUSIVE && writable < MAYBE_EXCLUSIVE;

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
export const WAS_UNPOPULATED = 4;
/** Its mapping was moved. */
export const WAS_REMAPPED = 8;
/** The kernel stored to it last. */
export const STORED_BY_KERNEL = 16;
/** It moved, or its protection changed, while an entry of it was watched. */
export const MODIFIED_WHILE_WATCHED = 32;
/** A device had it to itself. */
export const WAS_EXCLUSIVE = 64;
/** It was pinned when a copy of it was made for a child or a writer; or it is that copy. */
export const COPIED_WHILE_PINNED = 128;

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
  readonly writable: Int16Array;
  /** By object: its content. */
  readonly value: Int16Array;
  readonly place: Int16Array;
  /** By object: how many entries see it. */
  readonly maps: Int16Array;
  /** By object: how many pins hold it. An object without entries and pins does not exist. */
  readonly pins: Int16Array;
  /** By object: the control group that is charged for it. */
  readonly group: Int16Array;
  /** By slot: 0, an object, or −1 − index for a page of `common`. */
  readonly slot: Int16Array;
  /** The host pages, then the shared pages: what they hold. */
  readonly common: Int16Array;
  readonly remaining: Int16Array;
  readonly victim: Int16Array;
  /** By entry: DIRTY and so on. */
  readonly track: Int16Array;
  /** By process: its control group. */
  readonly member: Int16Array;
  /** By device: whether it is attached; whether it is closed; whether its range was taken while it was away. */
  readonly attached: Int16Array;
  readonly closed: Int16Array;
  readonly rangeTaken: Int16Array;
  /** By control group: 0, or one more than it may be charged for. */
  readonly limit: Int16Array;
  /** How many swap areas are on. */
  readonly swap: Int16Array;
  readonly history: Int16Array;
  /** By frame: the object that is known to live there. Follows from `place`, and saves looking for it. */
  readonly #holder: Int16Array;
  /** By process: entries that see an object. Follows from `entry`. */
  readonly #resident: Int16Array;
  /** How many objects exist, and how many of them are on each device. */
  readonly #objects: Int16Array;

  constructor(scope: Scope) {
    this.scope = scope;
    const entries = scope.processes * scope.pages;
    const objects = entries + scope.slots + 1;
    const { processes, pages, slots } = scope;
    const devices = devicesIn(scope);
    const entry = entries;
    const lengths = {
      alive: processes,
      mapping: entry,
      entry,
      writable: entry,
      track: entry,
      value: objects,
      place: objects,
      maps: objects,
      pins: objects,
      group: objects,
      slot: slots,
      common: 2 * pages,
      remaining: 4,
      victim: 4,
      member: processes,
      attached: devices,
      closed: devices,
      rangeTaken: devices,
      limit: CONTROL_GROUPS,
      swap: 1,
      history: objects,
      holder: framesIn(scope),
      resident: processes,
      objects: 1 + devices,
    };
    this.cells = new Int16Array(Object.values(lengths).reduce((sum, length) => sum + length, 0));
    let offset = 0;
    const next = (length: number): Int16Array => {
      const part = this.cells.subarray(offset, offset + length);
      offset += length;
      return part;
    };
    this.alive = next(lengths.alive);
    this.mapping = next(lengths.mapping);
    this.entry = next(lengths.entry);
    this.writable = next(lengths.writable);
    this.track = next(lengths.track);
    this.value = next(lengths.value);
    this.place = next(lengths.place);
    this.maps = next(lengths.maps);
    this.pins = next(lengths.pins);
    this.group = next(lengths.group);
    this.slot = next(lengths.slot);
    this.common = next(lengths.common);
    this.remaining = next(lengths.remaining);
    this.victim = next(lengths.victim);
    this.member = next(lengths.member);
    this.attached = next(lengths.attached);
    this.closed = next(lengths.closed);
    this.rangeTaken = next(lengths.rangeTaken);
    this.limit = next(lengths.limit);
    this.swap = next(lengths.swap);
    this.history = next(lengths.history);
    this.#holder = next(lengths.holder);
    this.#resident = next(lengths.resident);
    this.#objects = next(lengths.objects);
    this.reset();
  }

  /** How every case begins: process 0 alive, every device attached, nothing else. */
  reset(): void {
    this.cells.fill(0);
    this.alive[0] = 1;
    this.attached.fill(1);
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

  /** A key that is equal for states that are, with their objects numbered alike. */
  key(): string {
    return String.fromCharCode(...this.cells.subarray(0, this.history.byteOffset >> 1));
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

  at(process: number, page: number): number {
    return process * this.scope.pages + page;
  }

  exists(object: number): boolean {
    return (this.maps[object] ?? 0) + (this.pins[object] ?? 0) > 0;
  }

  onDevice(object: number): boolean {
    return (this.place[object] ?? SYSTEM) !== SYSTEM;
  }

  /** The device to which a place belongs that is not system memory. */
  deviceOf(place: number): number {
    return place < FIRST_FRAME ? place - SOME_FRAME : this.deviceOfFrame(place - FIRST_FRAME);
  }

  deviceOfFrame(frame: number): number {
    return (frame / this.scope.frames) | 0;
  }

  /** Whether an object lives on this very device. */
  isOn(object: number, device: number): boolean {
    const place = this.place[object] ?? SYSTEM;
    return place !== SYSTEM && this.deviceOf(place) === device;
  }

  /** Whether a device has a frame left. */
  hasRoom(device: number, leaving = 0): boolean {
    return (this.#objects[1 + device] ?? 0) - leaving < this.scope.frames;
  }

  /** Whether the device takes part in anything: it is attached, and somebody uses it. */
  works(device: number): boolean {
    return this.attached[device] === 1 && this.closed[device] === 0;
  }

  /** How many objects live on any device. */
  get onDeviceCount(): number {
    return (this.#objects[1] ?? 0) + (this.#objects[2] ?? 0);
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

  /** Whether one of the entries from `first` until before `end` sees the object. */
  isSeenBetween(object: number, first: number, end: number): boolean {
    for (let entry = first; entry < end; entry++) if (this.entry[entry] === object) return true;
    return false;
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
    if (before !== SYSTEM) this.#change(this.#objects, 1 + this.deviceOf(before), -1);
    if (place !== SYSTEM) this.#change(this.#objects, 1 + this.deviceOf(place), 1);
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

  /** Lets what a process sees at one page be seen at another: the same entry, in another place. */
  moveEntry(from: number, to: number): void {
    for (const part of [this.entry, this.writable, this.track]) {
      part[to] = part[from] ?? 0;
      part[from] = 0;
    }
  }

  /** How many objects are charged to a group for certain, and how many may be. */
  chargedTo(group: number): { readonly surely: number; readonly maybe: number } {
    let surely = 0;
    let maybe = 0;
    for (let object = 1; object < this.objectEnd; object++) {
      if (!this.exists(object)) continue;
      if (this.group[object] === group) surely++;
      else if (this.group[object] === EITHER_GROUP) maybe++;
    }
    return { surely, maybe };
  }

  #change(counts: Int16Array, at: number, by: number): void {
    counts[at] = (counts[at] ?? 0) + by;
  }

  /** Nothing was ever stored to this object: a hole became it when it moved to the device. */
  isStillUnpopulated(object: number): boolean {
    return ((this.history[object] ?? 0) & WAS_UNPOPULATED) !== 0 && this.value[object] === 0;
  }

  /** Whether a pin holds the object behind this entry. */
  pinned(object: number): boolean {
    return (this.pins[object] ?? 0) > 0;
  }
}
