import type { Inheritance, MappingKind, Protection, Watch } from '../../spec/vocabulary/command.ts';
import { entryWithin, NONE } from './entry.ts';
import { copyNumbers } from './memory.ts';

/** Kinds of VMA. */
export const NO_VMA = 0;
export const PRIVATE_VMA = 1;
export const HOST_VMA = 2;
export const SHARED_VMA = 3;
/** A private mapping of a file. */
export const FILE_VMA = 4;

export const VMA_KINDS: { readonly [K in MappingKind]: number } = {
  private: PRIVATE_VMA,
  host: HOST_VMA,
  shared: SHARED_VMA,
  file: FILE_VMA,
};

/** Protections, each including the lower ones. An unmapped page has MAY_NOTHING. */
export const MAY_NOTHING = 0;
export const VMA_READ = 1;
export const VMA_WRITE = 2;

export const PROTECTIONS: { readonly [P in Protection]: number } = {
  none: MAY_NOTHING,
  read: VMA_READ,
  write: VMA_WRITE,
};

/** The userfaultfd registration of a VMA. The entries tell which pages are write-protected. */
export const WATCH_NOTHING = 0;
export const WATCH_MISSING = 1;
export const WATCH_STORES = 2;
/** Write-protection of an unpopulated page. */
export const WATCH_UNPOPULATED = 3;

export const WATCHES: { readonly [W in Watch]: number } = {
  none: WATCH_NOTHING,
  missing: WATCH_MISSING,
  'write-protect': WATCH_STORES,
};

/** What a fork gives the child of a VMA: the VMA with its pages, nothing, or the VMA without its pages. */
export const INHERIT_COPY = 0;
export const INHERIT_NONE = 1;
export const INHERIT_ZERO = 2;

export const INHERITANCES: { readonly [I in Inheritance]: number } = {
  copy: INHERIT_COPY,
  none: INHERIT_NONE,
  zero: INHERIT_ZERO,
};

/** A process: its VMAs, one for each page, and its page table. */
export class Process {
  readonly slot: number;
  /** The number of pages in a block; 1 in a world of base pages. */
  readonly block: number;
  alive = false;
  /** The number of its private pages, including those on a device. */
  rss = 0;
  /** Its control group. */
  group = 0;
  readonly kinds: number[] = [];
  readonly protections: number[] = [];
  /** The page offset of a VMA. A move keeps it; reverse mapping finds the entries of a page by it. */
  readonly offsets: number[] = [];
  readonly locked: boolean[] = [];
  readonly watches: number[] = [];
  readonly inheritances: number[] = [];
  /** Whether all pages of the VMA count as soft-dirty, as they do from its creation until the next clear. */
  readonly fresh: boolean[] = [];
  readonly entries: number[] = [];
  /** In a world with blocks: whether the VMA has the advice to use large pages. */
  readonly huge: boolean[] = [];
  /** In a world with blocks: the whole entry of each block, and the page tables that are deposited for them. */
  readonly wholeEntries: number[] = [];
  deposits = 0;

  constructor(slot: number, pages: number, block = 1) {
    this.slot = slot;
    this.block = block;
    for (let index = 0; index < pages; index++) {
      this.setVma(index, NO_VMA, MAY_NOTHING, index);
      this.entries.push(NONE);
    }
  }

  /** Creates a VMA: not locked, not registered with userfaultfd, inherited by copy. */
  setVma(index: number, kind: number, protection: number, offset: number): void {
    this.kinds[index] = kind;
    this.protections[index] = protection;
    this.offsets[index] = offset;
    this.locked[index] = false;
    this.watches[index] = WATCH_NOTHING;
    this.inheritances[index] = INHERIT_COPY;
    this.fresh[index] = kind !== NO_VMA;
  }

  kind(index: number): number {
    return this.kinds[index] ?? NO_VMA;
  }

  protection(index: number): number {
    return this.protections[index] ?? MAY_NOTHING;
  }

  offset(index: number): number {
    return this.offsets[index] ?? index;
  }

  isLocked(index: number): boolean {
    return this.locked[index] ?? false;
  }

  watch(index: number): number {
    return this.watches[index] ?? WATCH_NOTHING;
  }

  inheritance(index: number): number {
    return this.inheritances[index] ?? INHERIT_COPY;
  }

  isFresh(index: number): boolean {
    return this.fresh[index] ?? false;
  }

  /** The entry of a page; for a page of a whole entry, the entry that the page would have by itself. */
  entry(index: number): number {
    return this.entries[index] ?? NONE;
  }

  /** The whole entry that covers a page. It contains the number of the first page of its large folio. */
  wholeEntry(_index: number): number {
    return NONE;
  }

  setWholeEntry(index: number, entry: number): void {
    this.wholeEntries[Math.floor(index / this.block)] = entry;
  }

  isHuge(index: number): boolean {
    return this.huge[index] ?? false;
  }

  copyFrom(other: Process): void {
    this.alive = other.alive;
    this.rss = other.rss;
    this.group = other.group;
    for (let index = 0; index < this.entries.length; index++) {
      this.kinds[index] = other.kind(index);
      this.protections[index] = other.protection(index);
      this.offsets[index] = other.offset(index);
      this.locked[index] = other.isLocked(index);
      this.watches[index] = other.watch(index);
      this.inheritances[index] = other.inheritance(index);
      this.fresh[index] = other.isFresh(index);
      this.entries[index] = other.entries[index] ?? NONE;
    }
  }
}

/** A process in a world with blocks: a whole entry takes the place of the entries for the pages of a block. */
export class BlockProcess extends Process {
  override setVma(index: number, kind: number, protection: number, offset: number): void {
    super.setVma(index, kind, protection, offset);
    this.huge[index] = false;
  }

  override entry(index: number): number {
    const whole = this.wholeEntry(index);
    return whole === NONE ? super.entry(index) : entryWithin(whole, index % this.block);
  }

  override wholeEntry(index: number): number {
    return this.wholeEntries[Math.floor(index / this.block)] ?? NONE;
  }

  override copyFrom(other: Process): void {
    super.copyFrom(other);
    this.deposits = other.deposits;
    for (let index = 0; index < this.entries.length; index++) this.huge[index] = other.isHuge(index);
    copyNumbers(other.wholeEntries, this.wholeEntries);
  }
}
