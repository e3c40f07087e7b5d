import type { Inheritance, MappingKind, Protection, Watch } from '../../spec/vocabulary/command.ts';
import { NONE } from './entry.ts';

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

  constructor(slot: number, pages: number) {
    this.slot = slot;
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

  entry(index: number): number {
    return this.entries[index] ?? NONE;
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
      this.entries[index] = other.entry(index);
    }
  }
}
