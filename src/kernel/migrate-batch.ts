import type { Page } from './page.ts';
import type { DevPagemap } from './pagemap.ts';
import type { Process } from './process.ts';

/** Set in `src` while the page is on its way; where it still is at the end, the page moved. */
const MIGRATE = 1;
const PFN_SHIFT = 1;

/** One run of a migration over a range, with a source and a destination per page. */
export class MigrateBatch {
  /** Whose device asks for the migration. */
  readonly owner: DevPagemap<Page>;
  /** Whose range it is; undefined where pages are taken by frame. */
  process: Process | undefined = undefined;
  start = 0;
  count = 0;
  /** 0 for a page that is left alone; else `MIGRATE`, and the number of the page, which is 0 for a hole. */
  readonly src: number[] = [];
  /** The page to move to, with a reference that `finalize` drops; 0 for none. The driver fills it in. */
  readonly dst: number[] = [];

  constructor(owner: DevPagemap<Page>) {
    this.owner = owner;
  }

  begin(process: Process | undefined, start: number, count: number): void {
    this.process = process;
    this.start = start;
    this.count = count;
    for (let i = 0; i < count; i++) {
      this.src[i] = 0;
      this.dst[i] = 0;
    }
  }

  collect(i: number, pfn: number): void {
    this.src[i] = (pfn << PFN_SHIFT) | MIGRATE;
  }

  /** The page stays where it is. */
  giveUp(i: number): void {
    this.src[i] = (this.src[i] ?? 0) & ~MIGRATE;
  }

  isMigrating(i: number): boolean {
    return ((this.src[i] ?? 0) & MIGRATE) !== 0;
  }

  source(i: number): number {
    return (this.src[i] ?? 0) >> PFN_SHIFT;
  }

  /** How many references to the page it holds. */
  referencesTo(pfn: number): number {
    let references = 0;
    for (let i = 0; i < this.count; i++) if (this.source(i) === pfn) references++;
    return references;
  }

  destination(i: number): number {
    return this.dst[i] ?? 0;
  }
}
