import type { MappingKind, Protection } from '../../spec/vocabulary/command.ts';
import { NONE } from './entry.ts';

/** Kinds of VMA. */
export const NO_VMA = 0;
export const PRIVATE_VMA = 1;
export const HOST_VMA = 2;

/** Protections, each including those below. An unmapped page has none. */
export const MAY_NOTHING = 0;
export const MAY_READ = 1;
export const MAY_WRITE = 2;

const PROTECTIONS: { readonly [P in Protection]: number } = {
  none: MAY_NOTHING,
  read: MAY_READ,
  write: MAY_WRITE,
};

export const protectionNumber = (protection: Protection): number => PROTECTIONS[protection];

export const vmaKind = (kind: MappingKind): number => (kind === 'host' ? HOST_VMA : PRIVATE_VMA);

/** A process: its VMAs, here one per page, and its page table. */
export class Process {
  readonly slot: number;
  alive: boolean;
  /** Private pages that it has, on the device or not. */
  rss: number;
  readonly kinds: number[];
  readonly protections: number[];
  readonly entries: number[];

  constructor(slot: number, pages: number) {
    this.slot = slot;
    this.alive = false;
    this.rss = 0;
    this.kinds = [];
    this.protections = [];
    this.entries = [];
    for (let index = 0; index < pages; index++) {
      this.kinds.push(NO_VMA);
      this.protections.push(MAY_NOTHING);
      this.entries.push(NONE);
    }
  }

  kind(index: number): number {
    return this.kinds[index] ?? NO_VMA;
  }

  protection(index: number): number {
    return this.protections[index] ?? MAY_NOTHING;
  }

  entry(index: number): number {
    return this.entries[index] ?? NONE;
  }

  copyFrom(other: Process): void {
    this.alive = other.alive;
    this.rss = other.rss;
    for (let index = 0; index < this.entries.length; index++) {
      this.kinds[index] = other.kind(index);
      this.protections[index] = other.protection(index);
      this.entries[index] = other.entry(index);
    }
  }
}
