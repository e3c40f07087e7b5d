import type { Inheritance, MappingKind, Protection, Watch } from '../spec/vocabulary/command.ts';

/** The state of the mapping of one page of a process, packed; 0 where the page is not mapped. */
export type Mapping = number;

const READABLE = 1;
const WRITABLE = 2;
const PRIVATE = 4;
const FILE = 8;
const HOST = 16;
const SHARED = 32;
/** A protect has changed it since it was mapped. */
const REPROTECTED = 64;
const LOCKED = 128;
const WATCHED_IF_MISSING = 256;
const WATCHED_FOR_STORES = 512;
/** The page was the destination of a move, or its source. */
const ARRIVED = 1024;
const LEFT_BEHIND = 2048;
/** The content is lazy-free, and its process has not written to it since. */
const LAZY_FREE = 4096;
/** The page was paged out and has not been accessed since. */
const PAGED_OUT = 8192;
/** The inheritance of the page by the child of a fork: no mapping, or the mapping without its page. */
const NOT_INHERITED = 16384;
const INHERITED_EMPTY = 32768;

const RIGHTS: { readonly [P in Protection]: number } = {
  none: 0,
  read: READABLE,
  write: READABLE | WRITABLE,
};

const KINDS: { readonly [K in MappingKind]: number } = {
  private: PRIVATE,
  file: PRIVATE | FILE,
  host: HOST,
  shared: SHARED,
};

const INHERITANCES: { readonly [I in Inheritance]: number } = {
  copy: 0,
  none: NOT_INHERITED,
  zero: INHERITED_EMPTY,
};
const ALL_INHERITANCES = NOT_INHERITED | INHERITED_EMPTY;
const ALL_RIGHTS = READABLE | WRITABLE;
const ALL_KINDS = PRIVATE | FILE | HOST | SHARED;
const ALL_WATCHES = WATCHED_IF_MISSING | WATCHED_FOR_STORES;

export const isMapped = (mapping: Mapping): boolean => mapping !== 0;
/** Memory that may have objects of its own. */
export const isPrivate = (mapping: Mapping): boolean => (mapping & PRIVATE) !== 0;
export const isFile = (mapping: Mapping): boolean => (mapping & FILE) !== 0;
export const isHost = (mapping: Mapping): boolean => (mapping & HOST) !== 0;
export const isShared = (mapping: Mapping): boolean => (mapping & SHARED) !== 0;
/** Memory whose pages all mappings share. */
export const isCommon = (mapping: Mapping): boolean => (mapping & (HOST | SHARED)) !== 0;
export const mayRead = (mapping: Mapping): boolean => (mapping & READABLE) !== 0;
export const mayWrite = (mapping: Mapping): boolean => (mapping & WRITABLE) !== 0;
export const isReprotected = (mapping: Mapping): boolean => (mapping & REPROTECTED) !== 0;
export const isLocked = (mapping: Mapping): boolean => (mapping & LOCKED) !== 0;
export const isWatchedIfMissing = (mapping: Mapping): boolean => (mapping & WATCHED_IF_MISSING) !== 0;
export const isWatchedForStores = (mapping: Mapping): boolean => (mapping & WATCHED_FOR_STORES) !== 0;
export const isLazyFree = (mapping: Mapping): boolean => (mapping & LAZY_FREE) !== 0;
export const mayBeOut = (mapping: Mapping): boolean => (mapping & PAGED_OUT) !== 0;
export const isNotInherited = (mapping: Mapping): boolean => (mapping & NOT_INHERITED) !== 0;
export const isInheritedEmpty = (mapping: Mapping): boolean => (mapping & INHERITED_EMPTY) !== 0;
/** Whether the child of a fork gets the page. */
export const isInherited = (mapping: Mapping): boolean => (mapping & ALL_INHERITANCES) === 0;
export const hasArrived = (mapping: Mapping): boolean => (mapping & ARRIVED) !== 0;
export const isLeftBehind = (mapping: Mapping): boolean => (mapping & LEFT_BEHIND) !== 0;
/** Whether a protect to this protection would change the mapping. */
export const differs = (mapping: Mapping, protection: Protection): boolean =>
  (mapping & ALL_RIGHTS) !== RIGHTS[protection];

/** Whether a change of protection makes a locked page writable, which may populate it. */
export const mayPopulate = (mapping: Mapping, protection: Protection): boolean =>
  isLocked(mapping) && isPrivate(mapping) && !mayWrite(mapping) && protection === 'write';

/**
 * The mappings of each process with their protection, locks, and watches. A change makes a new row, so that each step
 * keeps the row of its time, and steps between two changes share one row.
 */
export class MappingTable {
  readonly #pages: number;
  /** Row by process, one mapping for each page. */
  row: readonly Mapping[];
  /** Whether the file was ever mapped. */
  hadFiles = false;

  constructor(processes: number, pages: number) {
    this.#pages = pages;
    this.row = zeros(processes * pages);
  }

  at(cell: number): Mapping {
    return this.row[cell] ?? 0;
  }

  map(cell: number, kind: MappingKind, protection: Protection): void {
    if (kind === 'file') this.hadFiles = true;
    this.#set(cell, RIGHTS[protection] | KINDS[kind]);
  }

  unmap(cell: number): void {
    this.#set(cell, 0);
  }

  protect(cell: number, protection: Protection): void {
    const mapping = this.at(cell);
    if (differs(mapping, protection)) {
      this.#set(cell, (mapping & ~ALL_RIGHTS) | REPROTECTED | RIGHTS[protection]);
    }
  }

  lock(cell: number, locked: boolean): void {
    const mapping = this.at(cell);
    this.#set(cell, locked ? mapping | LOCKED : mapping & ~LOCKED);
  }

  /** Starts a watch. A watch for stores covers only populated pages and, in some modes, unpopulated pages. */
  watch(cell: number, watch: Watch, isThere: boolean): void {
    const unwatched = this.at(cell) & ~ALL_WATCHES;
    if (watch === 'missing') this.#set(cell, unwatched | WATCHED_IF_MISSING);
    else this.#set(cell, watch === 'write-protect' && isThere ? unwatched | WATCHED_FOR_STORES : unwatched);
  }

  /** The content of the page becomes lazy-free. */
  markLazyFree(cell: number): void {
    this.#set(cell, this.at(cell) | LAZY_FREE);
  }

  /** The page was written to or is a new object, so its content must be kept. */
  keep(cell: number): void {
    this.#clear(cell, LAZY_FREE | PAGED_OUT);
  }

  /** The page may be in a swap area; an access has faulted it in. */
  pageOut(cell: number): void {
    this.#set(cell, this.at(cell) | PAGED_OUT);
  }

  pageIn(cell: number): void {
    this.#clear(cell, PAGED_OUT);
  }

  /** The page is gone, and its mapping remains. */
  discard(cell: number): void {
    this.#clear(cell, WATCHED_FOR_STORES | LAZY_FREE | PAGED_OUT);
  }

  inherit(cell: number, inheritance: Inheritance): void {
    this.#set(cell, (this.at(cell) & ~ALL_INHERITANCES) | INHERITANCES[inheritance]);
  }

  move(from: number, to: number, keep: boolean): void {
    const mapping = this.at(from);
    const row = this.row.slice();
    row[to] = (mapping & ~LEFT_BEHIND) | ARRIVED;
    row[from] = keep
      ? (mapping & (ALL_RIGHTS | ALL_KINDS | ALL_INHERITANCES | REPROTECTED)) | LEFT_BEHIND
      : 0;
    this.row = row;
  }

  fork(parent: number, child: number): void {
    const pages = this.#pages;
    const row = this.row.slice();
    for (let page = 0; page < pages; page++) {
      row[child * pages + page] = inheritedMapping(this.at(parent * pages + page));
    }
    this.row = row;
  }

  exit(process: number): void {
    this.row = this.row.slice().fill(0, process * this.#pages, (process + 1) * this.#pages);
  }

  #clear(cell: number, bits: number): void {
    const mapping = this.at(cell);
    if ((mapping & bits) !== 0) this.#set(cell, mapping & ~bits);
  }

  #set(cell: number, mapping: Mapping): void {
    const row = this.row.slice();
    row[cell] = mapping;
    this.row = row;
  }
}

/** The mapping that a child gets: without locks and watches, or none. */
export function inheritedMapping(mapping: Mapping): Mapping {
  if (isNotInherited(mapping)) return 0;
  if (isInheritedEmpty(mapping)) return mapping & (ALL_RIGHTS | ALL_KINDS | INHERITED_EMPTY);
  return mapping & ~(LOCKED | ALL_WATCHES);
}

/** A packed array of zeros. */
export function zeros(length: number): number[] {
  const array: number[] = [];
  for (let i = 0; i < length; i++) array.push(0);
  return array;
}
