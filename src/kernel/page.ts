import type { DevPagemap } from './pagemap.ts';

/** What free memory holds; no value is negative. */
export const FILLER = -1;

/** `mapping` of a page that belongs to no anonymous memory. */
export const NO_MAPPING = 0;
/** `mapping` of a page of anonymous memory: reverse mapping looks for its entries at `index`. */
export const ANON = 1;

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
  charged: boolean;
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
    this.charged = false;
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
    this.charged = other.charged;
    this.first = other.first;
    this.last = other.last;
  }
}

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
