import type { DevPagemap } from './pagemap.ts';

/** What free memory holds; no value is negative. */
export const FILLER = -1;

/** `mapping` of a page that nobody maps, or of host memory, which needs none; */
export const NO_MAPPING = 0;
/** of a page of anonymous memory: reverse mapping looks for its entries at the page offset `index`; */
export const ANON = 1;
/** of a page of a file, or of shared memory. */
export const FILE_PAGE = 2;

/** `group` of a page that is charged to nobody. */
export const NO_GROUP = -1;

/**
 * A struct page. Content is two cells, the first and the last, that every store writes and every copy copies, so
 * that half a copy shows.
 */
export class Page {
  readonly pfn: number;
  /** The pagemap of device memory; undefined for system memory. */
  readonly pagemap: DevPagemap<Page> | undefined;
  refs: number;
  maps: number;
  /** The least that `refs` was since somebody looked. */
  least: number;
  mapping: number;
  index: number;
  /** The control group that it is charged to. */
  group: number;
  /** Whether its owner said that it may be dropped, and did not store to it since. */
  lazyFree: boolean;
  /** One word for the driver. */
  data: number;
  first: number;
  last: number;

  constructor(pfn: number, pagemap: DevPagemap<Page> | undefined, refs: number, content: number) {
    this.pfn = pfn;
    this.pagemap = pagemap;
    this.refs = refs;
    this.maps = 0;
    this.least = refs;
    this.mapping = NO_MAPPING;
    this.index = 0;
    this.group = NO_GROUP;
    this.lazyFree = false;
    this.data = 0;
    this.first = content;
    this.last = content;
  }

  /** Becomes like another page in all but identity and the driver's word. */
  copyFrom(other: Page): void {
    this.refs = other.refs;
    this.maps = other.maps;
    this.least = other.least;
    this.mapping = other.mapping;
    this.index = other.index;
    this.group = other.group;
    this.lazyFree = other.lazyFree;
    this.first = other.first;
    this.last = other.last;
  }
}

/** Whether it is a page of anonymous memory, of a private mapping: the only sort that is charged and that moves. */
export const isAnonymous = (page: Page): boolean => page.mapping === ANON;

/** Writes every cell. */
export function fillPage(page: Page, value: number): void {
  page.first = value;
  page.last = value;
}

/** Copies every cell. */
export function copyPage(from: Page, to: Page): void {
  to.first = from.first;
  to.last = from.last;
}

/** The value in the cells, or what is wrong with them. */
export function readPage(page: Page): number | 'torn' | 'stale' {
  if (page.first !== page.last) return 'torn';
  return page.first === FILLER ? 'stale' : page.first;
}
