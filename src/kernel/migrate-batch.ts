import type { DevPagemap } from './memory.ts';
import type { Process } from './process.ts';

/** The pages that a migration collects: system memory and unpopulated pages; */
export const FROM_SYSTEM = 0;
/** or device memory. */
export const FROM_DEVICE = 1;
export type Selection = typeof FROM_SYSTEM | typeof FROM_DEVICE;

/** Set in `src` while the page is migrating. If it is still set at the end, the page has moved. */
const MIGRATE = 1;
/** Set in `src` of the first page of a large folio that is offered as it is. `src` of its other pages is 0. */
const COMPOUND = 2;
const SRC_PFN_SHIFT = 2;

/** The state of a migration of a range, with a source and a destination for each page. */
export class MigrateBatch {
  /** The pagemap of the device that migrates. */
  readonly owner: DevPagemap;
  /** The process that maps the range; undefined if pages are selected by frame. */
  process: Process | undefined = undefined;
  start = 0;
  count = 0;
  /** Whether large folios are offered as they are. */
  compound = false;
  /** 0 for a page that is not collected; else `MIGRATE` and its page frame number, which is 0 for an unpopulated page. */
  readonly src: number[] = [];
  /** The destination page, set by the driver, with a reference that `migrateFinalize` drops; 0 for none. */
  readonly dst: number[] = [];
  /** The large folios whose split was refused, by the page frame number of their first page. */
  readonly refused = new Set<number>();

  constructor(owner: DevPagemap) {
    this.owner = owner;
  }

  begin(process: Process | undefined, start: number, count: number): void {
    this.process = process;
    this.start = start;
    this.count = count;
    this.compound = false;
    if (this.refused.size > 0) this.refused.clear();
    for (let i = 0; i < count; i++) {
      this.src[i] = 0;
      this.dst[i] = 0;
    }
  }

  collect(i: number, pfn: number): void {
    this.src[i] = (pfn << SRC_PFN_SHIFT) | MIGRATE;
  }

  /** Collects a large folio by its first page, or an unpopulated block. */
  collectCompound(i: number, pfn: number): void {
    this.src[i] = (pfn << SRC_PFN_SHIFT) | MIGRATE | COMPOUND;
  }

  isCompound(i: number): boolean {
    return ((this.src[i] ?? 0) & COMPOUND) !== 0;
  }

  /** The page does not migrate. */
  giveUp(i: number): void {
    this.src[i] = (this.src[i] ?? 0) & ~MIGRATE;
  }

  isMigrating(i: number): boolean {
    return ((this.src[i] ?? 0) & MIGRATE) !== 0;
  }

  source(i: number): number {
    return (this.src[i] ?? 0) >> SRC_PFN_SHIFT;
  }

  /** The number of references to the page that the migration holds. */
  referencesTo(pfn: number): number {
    let references = 0;
    for (let i = 0; i < this.count; i++) if (this.source(i) === pfn) references++;
    return references;
  }

  destination(i: number): number {
    return this.dst[i] ?? 0;
  }
}
