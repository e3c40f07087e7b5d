import {
  blockIn,
  blockStart,
  CONTROL_GROUPS,
  devicesIn,
  framesIn,
  MAX_DEVICES,
  type Scope,
} from '../vocabulary/scope.ts';
import type { MappingKind, Protection } from '../vocabulary/command.ts';

/** `entry` of a page without an object: unpopulated or not mapped; `mapping` tells the two apart. */
export const NO_OBJECT = 0;
/** `entry` of a page whose object was lost: POISONED by a failed fault, LOST by the removal of its device. */
export const POISONED = -1;
export const LOST = -2;

/** Whether an entry is a poison entry, for either cause. */
export const isPoison = (entry: number): boolean => entry < NO_OBJECT;

/** `mapping`: not mapped, or a kind and a protection. A private mapping of a file is PRIVATE | FILE. */
export const NOT_MAPPED = 0;
const PRIVATE = 4;
const HOST = 8;
const SHARED = 16;
const FILE = 32;
/** The protection within a mapping. */
const MAY_READ = 1;
export const MAY_WRITE = 2;
/** Further flags of a mapping: locked; watched for missing pages. */
export const LOCKED = 64;
export const WATCHED_MISSING = 128;
/** Inheritance of a mapping by the child of a fork: no mapping; or the mapping, unpopulated. */
export const NOT_INHERITED = 256;
export const INHERITED_EMPTY = 512;
/** Made by a map of a whole block: an access may populate the block with a large folio. */
export const LARGE = 1024;

/**
 * `track`: soft-dirty state since the last clear; whether stores are watched; whether the page is lazy-free (advised and
 * not written since); whether the page may be in a swap area (not accessed since it was paged out).
 */
export const DIRTY = 0;
export const CLEAN = 1;
export const DIRTY_OR_CLEAN = 2;
export const SOFT_DIRTY = 3;
export const WATCHED_STORES = 4;
export const LAZY_FREE = 8;
export const PAGED_OUT = 16;
/** Part of a whole entry: one entry for all pages of a block, to one large folio. */
export const WHOLE = 64;
/** Not part of the state proper: the page is absent because a fork did not pass on the page of the parent. */
export const WITHHELD = 32;

/** `group` of an object that may be charged to either control group. */
export const EITHER_GROUP = CONTROL_GROUPS;

/** `value` of a page with some cells of one store and some cells of another or of the previous content. */
export const TORN = -1;
/** The same during a race: the store has written some of its cells and is about to write the others. */
export const HALF_STORED = -2;

/**
 * `place`: system memory; a frame of the first or the second device that no observation has named yet; or, from
 * FIRST_FRAME on, a named frame.
 */
export const SYSTEM = 0;
const SOME_FRAME = 1;
export const FIRST_FRAME = SOME_FRAME + MAX_DEVICES;

/** The place of an object on a device whose frame only an observation can name. */
export const someFrameOf = (device: number): number => SOME_FRAME + device;

/** Whether the place is a device frame that no observation has named yet. */
export const isSomeFrame = (place: number): boolean => place !== SYSTEM && place < FIRST_FRAME;

/**
 * `writable` of an entry. A device entry that was just created may be WRITE or READ; an observation settles it. For an
 * entry in system memory only `LIKELY_WRITABLE` has a meaning: the process could store here without a fault.
 */
export const READ_ONLY = 0;
export const MAYBE_WRITABLE = 1;
export const LIKELY_WRITABLE = 2;
export const WRITABLE = 3;
/** In system memory: a device has exclusive access (EXCLUSIVE + device); or may have it. */
const EXCLUSIVE = 4;
export const MAYBE_EXCLUSIVE = EXCLUSIVE + MAX_DEVICES;

/** `writable` of an entry whose page a device accesses exclusively. */
export const exclusiveTo = (device: number): number => EXCLUSIVE + device;

/** Whether a device has exclusive access to the page of an entry with this `writable`. */
export const isExclusive = (writable: number): boolean => writable >= EXCLUSIVE && writable < MAYBE_EXCLUSIVE;

/** The kinds of injections, as indices of `remaining` and `victim`. */
export const SIGBUS = 0;
export const OOM = 1;
export const NO_FRAME = 2;
export const NO_COPY = 3;
/** Only in worlds with blocks. */
export const NO_LARGE_FRAME = 4;
export const NO_LARGE_PAGE = 5;
export const NO_SPLIT = 6;
/** `remaining` of an injection that lasts until healed. */
export const UNTIL_HEALED = -1;
/** `victim` of an injection that applies to every page; otherwise an entry index. */
export const ANY_VICTIM = -1;

/** `history`: past events of an object that could explain a wrong value. Not part of the state proper. */
export const WAS_MOVED = 1;
export const WAS_SHARED = 2;
export const WAS_UNPOPULATED = 4;
/** Its mapping was moved. */
export const WAS_REMAPPED = 8;
/** The kernel stored to it last. */
export const STORED_BY_KERNEL = 16;
/** It migrated, or its protection changed, while one of its entries was watched. */
export const MODIFIED_WHILE_WATCHED = 32;
/** A device had exclusive access to it. */
export const WAS_EXCLUSIVE = 64;
/** It was pinned when it was copied for a child or a writer; or it is that copy. */
export const COPIED_WHILE_PINNED = 128;
/** It was populated as part of a large folio. */
export const POPULATED_IN_FOLIO = 256;
/** It was created by a collapse. */
export const WAS_COLLAPSED = 512;
/** Soft-dirty was cleared since it last moved. */
export const CLEARED_SINCE_MOVE = 1024;

/**
 * A state of the reference model: objects, the entries that map them, and the one place of each object. All of it is
 * small integers in one buffer, so that copying a state is one `set` and no step clones a tree.
 *
 * Entries are numbered process × pages + page; objects are numbered from 1.
 */
export class State {
  readonly scope: Scope;
  /** All arrays below; the arrays on which equality depends come first. */
  readonly cells: Int16Array;
  readonly alive: Int16Array;
  readonly mapping: Int16Array;
  readonly entry: Int16Array;
  readonly writable: Int16Array;
  /** By object: its content. */
  readonly value: Int16Array;
  readonly place: Int16Array;
  /** By object: the number of entries that map it. */
  readonly maps: Int16Array;
  /** By object: the number of pins that hold it. An object without entries and pins does not exist. */
  readonly pins: Int16Array;
  /** By object: the control group that is charged for it. */
  readonly group: Int16Array;
  /** By slot: 0, an object, or −1 − index for a page of `common` or a constant page. */
  readonly slot: Int16Array;
  /**
   * By object, in a world with blocks: 0 for a base page; otherwise the number of its large folio, from 1, times the
   * number of pages in a block, plus its position in the folio.
   */
  readonly folio: Int16Array;
  /** The contents of the host pages, then of the shared pages. */
  readonly common: Int16Array;
  readonly remaining: Int16Array;
  readonly victim: Int16Array;
  /** By entry: DIRTY, CLEAN, DIRTY_OR_CLEAN and the flags from WATCHED_STORES on. */
  readonly track: Int16Array;
  /** By process: its control group. */
  readonly member: Int16Array;
  /** By device: whether it is attached; whether it is closed; whether its range was taken while it was detached. */
  readonly attached: Int16Array;
  readonly closed: Int16Array;
  readonly rangeTaken: Int16Array;
  /** By control group: 0 for no limit, otherwise its limit in pages plus one. */
  readonly limit: Int16Array;
  /** The number of active swap areas. */
  readonly swap: Int16Array;
  readonly history: Int16Array;
  /** By frame: the object that is known to be on it. Derived from `place`, to save a search. */
  readonly #holder: Int16Array;
  /** By process: the number of entries that map an object. Derived from `entry`. */
  readonly #resident: Int16Array;
  /** The number of objects, then the number of objects on each device. */
  readonly #objects: Int16Array;

  constructor(scope: Scope) {
    this.scope = scope;
    const entries = scope.processes * scope.pages;
    const block = blockIn(scope);
    // An object of a large folio may exist without an entry, as long as one of the folio has one.
    const objects = (entries + scope.slots) * block + 1;
    const { processes, pages, slots } = scope;
    const devices = devicesIn(scope);
    const entry = entries;
    const kinds = scope.block === undefined ? 4 : 7;
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
      folio: block === 1 ? 0 : objects,
      common: 2 * pages,
      remaining: kinds,
      victim: kinds,
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
    this.folio = next(lengths.folio);
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

  /** Restores the initial state of every case: process 0 alive, every device attached, nothing else. */
  reset(): void {
    this.cells.fill(0);
    this.alive[0] = 1;
    this.attached.fill(1);
  }

  copyFrom(other: State): void {
    this.cells.set(other.cells);
  }

  /** The number of cells on which equality depends: those from `history` on are not part of the state or derived. */
  get ownCells(): number {
    return this.history.byteOffset >> 1;
  }

  /** Whether two states of one scope are the same, with their objects numbered alike. */
  equals(other: State): boolean {
    const { cells } = this;
    const { cells: others } = other;
    for (let cell = this.ownCells - 1; cell >= 0; cell--) {
      if (cells[cell] !== others[cell]) return false;
    }
    return true;
  }

  /** A key that is the same for equal states, with their objects numbered alike. */
  key(): string {
    return String.fromCharCode(...this.cells.subarray(0, this.ownCells));
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
    return this.isHeld(object) || this.isInFolio(object);
  }

  /** Whether an entry or a pin holds the object. */
  isHeld(object: number): boolean {
    return (this.maps[object] ?? 0) + (this.pins[object] ?? 0) > 0;
  }

  /** Whether the object belongs to a large folio. */
  isInFolio(object: number): boolean {
    return (this.folio[object] ?? 0) !== 0;
  }

  onDevice(object: number): boolean {
    return (this.place[object] ?? SYSTEM) !== SYSTEM;
  }

  /** The device of a place; the place must not be system memory. */
  deviceOf(place: number): number {
    return place < FIRST_FRAME ? place - SOME_FRAME : this.deviceOfFrame(place - FIRST_FRAME);
  }

  deviceOfFrame(frame: number): number {
    return (frame / this.scope.frames) | 0;
  }

  /** Whether an object is on the given device. */
  isOn(object: number, device: number): boolean {
    const place = this.place[object] ?? SYSTEM;
    return place !== SYSTEM && this.deviceOf(place) === device;
  }

  /** Whether a device has a free frame, counting `leaving` frames as free. */
  hasRoom(device: number, leaving = 0): boolean {
    return (this.#objects[1 + device] ?? 0) - leaving < this.scope.frames;
  }

  /** Whether the device is usable: attached and not closed. */
  works(device: number): boolean {
    return this.attached[device] === 1 && this.closed[device] === 0;
  }

  /** The number of objects on all devices. */
  get onDeviceCount(): number {
    return (this.#objects[1] ?? 0) + (this.#objects[2] ?? 0);
  }

  /** The number of objects, which equals the number of charged pages. */
  get objectCount(): number {
    return this.#objects[0] ?? 0;
  }

  /** The number of entries of a process that map an object. */
  residentOf(process: number): number {
    return this.#resident[process] ?? 0;
  }

  /** The object that is known to be on a frame; NO_OBJECT where there is none. */
  holderOf(frame: number): number {
    return this.#holder[frame] ?? NO_OBJECT;
  }

  /** Whether one of the entries from `first` until before `end` maps the object. */
  isSeenBetween(object: number, first: number, end: number): boolean {
    for (let entry = first; entry < end; entry++) if (this.entry[entry] === object) return true;
    return false;
  }

  /** The map count of a frame: the number of entries that name it, or its large folio. */
  mappersOf(frame: number): number {
    const object = this.holderOf(frame);
    return this.isInFolio(object) ? this.#mappersOfFolio(object) : (this.maps[object] ?? 0);
  }

  /** The number of whole entries of a large folio, and of other entries of its pages. */
  #mappersOfFolio(object: number): number {
    const block = blockIn(this.scope);
    let pages = 0;
    let inWhole = 0;
    for (const member of this.membersOf(object)) pages += this.maps[member] ?? 0;
    for (let entry = 0; entry < this.entry.length; entry++) {
      if (this.isWhole(entry) && this.isOfFolio(this.entry[entry] ?? NO_OBJECT, object)) inWhole++;
    }
    return pages - inWhole + inWhole / block;
  }

  /** Whether two objects belong to one large folio. */
  isOfFolio(one: number, other: number): boolean {
    const block = blockIn(this.scope);
    const folio = ((this.folio[one] ?? 0) / block) | 0;
    return folio !== 0 && folio === (((this.folio[other] ?? 0) / block) | 0);
  }

  /** Whether it belongs to a large folio in system memory and nothing holds it: it may be uncharged at any time. */
  mayBeUncharged(object: number): boolean {
    return this.isInFolio(object) && !this.isHeld(object) && !this.onDevice(object);
  }

  /** The position of an object in its large folio. */
  partOf(object: number): number {
    return (this.folio[object] ?? 0) % blockIn(this.scope);
  }

  /** The objects of the large folio of an object, in order. */
  membersOf(object: number): readonly number[] {
    const members: number[] = [];
    for (let other = 1; other < this.folio.length; other++) {
      if (this.isOfFolio(other, object)) members[this.partOf(other)] = other;
    }
    return members;
  }

  /** Makes these objects, which exist, one large folio. */
  bindFolio(objects: readonly number[]): void {
    const block = blockIn(this.scope);
    let number = 1;
    while (this.folio.some((code) => ((code / block) | 0) === number)) number++;
    for (const [part, object] of objects.entries()) this.folio[object] = number * block + part;
  }

  /** Makes an object of a large folio a base page. Returns true when nothing holds it. */
  leaveFolio(object: number): boolean {
    this.folio[object] = 0;
    return this.#goneWithout(object);
  }

  /** Whether the entry is part of a whole entry. */
  isWhole(entry: number): boolean {
    return ((this.track[entry] ?? 0) & WHOLE) !== 0;
  }

  /** Whether a whole entry maps the large folio of an object. */
  hasWholeEntry(object: number): boolean {
    return this.entry.some((mapped, entry) => this.isWhole(entry) && this.isOfFolio(mapped, object));
  }

  /** The entries of the block of an entry; only itself where its page belongs to no block. */
  blockOf(entry: number): readonly number[] {
    const page = entry % this.scope.pages;
    const first = blockStart(this.scope, page);
    if (first === undefined) return [entry];
    return Array.from({ length: blockIn(this.scope) }, (_, part) => entry - page + first + part);
  }

  /** Replaces the whole entry of which this entry is a part by an entry for each page. */
  splitEntry(entry: number): void {
    if (!this.isWhole(entry)) return;
    for (const part of this.blockOf(entry)) this.track[part] = (this.track[part] ?? 0) & ~WHOLE;
  }

  /** Moves an object to a place, or names the frame on which it already is. */
  setPlace(object: number, place: number): void {
    const before = this.place[object] ?? SYSTEM;
    if (before >= FIRST_FRAME) this.#holder[before - FIRST_FRAME] = NO_OBJECT;
    if (place >= FIRST_FRAME) this.#holder[place - FIRST_FRAME] = object;
    if (before !== SYSTEM) this.#change(this.#objects, 1 + this.deviceOf(before), -1);
    if (place !== SYSTEM) this.#change(this.#objects, 1 + this.deviceOf(place), 1);
    this.place[object] = place;
  }

  /** Makes an empty entry map an object. */
  link(entry: number, object: number): void {
    if (!this.exists(object)) this.#change(this.#objects, 0, 1);
    this.entry[entry] = object;
    this.maps[object] = (this.maps[object] ?? 0) + 1;
    this.#change(this.#resident, (entry / this.scope.pages) | 0, 1);
  }

  /** Removes an entry from its object. Returns true when the object has no entries and pins left. */
  unlink(entry: number, object: number): boolean {
    this.entry[entry] = NO_OBJECT;
    this.maps[object] = (this.maps[object] ?? 0) - 1;
    this.#change(this.#resident, (entry / this.scope.pages) | 0, -1);
    return this.#goneWithout(object);
  }

  /** Removes a pin. Returns true when the object has no entries and pins left. */
  unpin(object: number): boolean {
    this.pins[object] = (this.pins[object] ?? 0) - 1;
    return this.#goneWithout(object);
  }

  #goneWithout(object: number): boolean {
    if (this.exists(object)) return false;
    this.#change(this.#objects, 0, -1);
    return true;
  }

  /** Moves an entry, with its flags, to another page. */
  moveEntry(from: number, to: number): void {
    for (const part of [this.entry, this.writable, this.track]) {
      part[to] = part[from] ?? 0;
      part[from] = 0;
    }
  }

  /** The number of objects that are charged to a group, and of further objects that may be charged to it. */
  chargedTo(group: number): { readonly surely: number; readonly maybe: number } {
    let surely = 0;
    let maybe = 0;
    for (let object = 1; object < this.objectEnd; object++) {
      if (!this.exists(object)) continue;
      const isGroups = this.group[object] === group;
      if (isGroups && !this.mayBeUncharged(object)) surely++;
      else if (isGroups || this.group[object] === EITHER_GROUP) maybe++;
    }
    return { surely, maybe };
  }

  #change(counts: Int16Array, at: number, by: number): void {
    counts[at] = (counts[at] ?? 0) + by;
  }

  /** Whether the object was created by migrating an unpopulated page to the device and was never stored to. */
  isStillUnpopulated(object: number): boolean {
    return ((this.history[object] ?? 0) & WAS_UNPOPULATED) !== 0 && this.value[object] === 0;
  }

  /** Whether a pin holds the object. */
  pinned(object: number): boolean {
    return (this.pins[object] ?? 0) > 0;
  }

  /** Whether a pin holds a page of the large folio of an object other than the object itself. */
  hasPinnedMate(object: number): boolean {
    return (
      this.isInFolio(object) &&
      this.membersOf(object).some((member) => member !== object && this.pinned(member))
    );
  }
}

export const mayRead = (mapping: number): boolean => (mapping & MAY_READ) !== 0;
export const mayWrite = (mapping: number): boolean => (mapping & MAY_WRITE) !== 0;
export const isMapped = (mapping: number): boolean => mapping !== NOT_MAPPED;
export const isHost = (mapping: number): boolean => (mapping & HOST) !== 0;
/** Whether the memory is common to all processes that map it and has no objects: host or shared memory. */
export const isCommon = (mapping: number): boolean => (mapping & (HOST | SHARED)) !== 0;
export const isFile = (mapping: number): boolean => (mapping & FILE) !== 0;

const KIND: { readonly [K in MappingKind]: number } = {
  private: PRIVATE,
  host: HOST,
  shared: SHARED,
  file: PRIVATE | FILE,
};

const PROTECTION: { readonly [P in Protection]: number } = {
  none: 0,
  read: MAY_READ,
  write: MAY_READ | MAY_WRITE,
};

/** The code of a mapping; the permission to write includes the permission to read. */
export const mappingCode = (kind: MappingKind, protection: Protection): number =>
  KIND[kind] | PROTECTION[protection];

export const withProtection = (mapping: number, protection: Protection): number =>
  (mapping & ~(MAY_READ | MAY_WRITE)) | PROTECTION[protection];
