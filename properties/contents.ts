import { fileValue } from '../spec/vocabulary/scope.ts';
import { zeros } from './mapping-table.ts';

// The content code of a page of a process is UNMAPPED, UNPOPULATED, POISON, or the number of a content. The permanent
// pages come first, each kind in its own block, so that their numbers are the same in every world size.

/** The maximum number of pages of a process. */
const MAX_PAGES = 16;
const HOST_PAGES = 8;
const SHARED_PAGES = HOST_PAGES + MAX_PAGES;
const FILE_PAGES = SHARED_PAGES + MAX_PAGES;
/** The page of zeroes, which only a pin holds. */
export const ZEROES = FILE_PAGES + MAX_PAGES;
export const FIRST_OBJECT = ZEROES + 1;

export const hostPage = (page: number): number => HOST_PAGES + page;
export const sharedPage = (page: number): number => SHARED_PAGES + page;
export const filePage = (page: number): number => FILE_PAGES + page;
/** Whether it is a page of the file, which a file mapping sees until the process has an object of its own. */
export const isFilePage = (code: number): boolean => code >= FILE_PAGES && code < ZEROES;
/** Whether it is a page of private memory, which can be shared by fork, pinned, charged, and moved. */
export const isObject = (code: number): boolean => code >= FIRST_OBJECT;
/** Whether it holds a value: an object or a permanent page. */
export const isContent = (code: number): boolean => code >= HOST_PAGES;

/** The value of a read is unknown, or the read must fail. */
export const NO_VALUE = -1;

const STANDING_ZEROS: readonly number[] = zeros(FIRST_OBJECT);
const STANDING_VALUES: readonly number[] = STANDING_ZEROS.map((_, code) =>
  isFilePage(code) ? fileValue(code - FILE_PAGES) : 0,
);

/** The contents of a case and their reference counts. */
export class Contents {
  /** By content: its value, the number of processes that map it, the number of slots that pin it, and its traits. */
  readonly #values = STANDING_VALUES.slice();
  readonly #seers = STANDING_ZEROS.slice();
  readonly #pinners = STANDING_ZEROS.slice();
  readonly #traits = STANDING_ZEROS.slice();
  /** The number of objects that any process or slot holds. */
  held = 0;

  /** The first unused content number. */
  get end(): number {
    return this.#values.length;
  }

  value(code: number): number {
    return this.#values[code] ?? NO_VALUE;
  }

  traits(code: number): number {
    return this.#traits[code] ?? 0;
  }

  setTraits(code: number, traits: number): void {
    this.#traits[code] = traits;
  }

  isPinned(code: number): boolean {
    return (this.#pinners[code] ?? 0) > 0;
  }

  /** Whether exactly one process maps it. */
  isSole(code: number): boolean {
    return this.#seers[code] === 1;
  }

  isHeld(code: number): boolean {
    return isObject(code) && ((this.#seers[code] ?? 0) > 0 || this.isPinned(code));
  }

  write(code: number, value: number): void {
    this.#values[code] = value;
  }

  /** Creates an object that one process maps. */
  create(value: number, traits: number): number {
    this.held++;
    this.#seers.push(1);
    this.#pinners.push(0);
    this.#traits.push(traits);
    return this.#values.push(value) - 1;
  }

  /** Adds a process that maps it. */
  share(code: number): void {
    this.#seers[code] = (this.#seers[code] ?? 0) + 1;
  }

  /** Removes a process that maps it. */
  leave(code: number): void {
    if (!isObject(code)) return;
    this.#seers[code] = (this.#seers[code] ?? 0) - 1;
    if (!this.isHeld(code)) this.held--;
  }

  pin(code: number): void {
    this.#pinners[code] = (this.#pinners[code] ?? 0) + 1;
  }

  unpin(code: number): void {
    this.#pinners[code] = (this.#pinners[code] ?? 0) - 1;
    if (isObject(code) && !this.isHeld(code)) this.held--;
  }
}

// The history of a content, as the bits of a mask, so that a property can select the reads that it is about.

/** A migration moved it. */
export const MOVED = 1;
/** A migration sent it to the device, and no later result shows that it was migrated to system memory. */
export const SENT = 2;
/** It was sent to the second device. */
export const SENT_TO_SECOND = 4;
/** The device wrote to it last. */
export const WRITTEN_BY_DEVICE = 16;
/** The kernel wrote to it last. */
export const WRITTEN_BY_KERNEL = 32;
/** A fork shared it. */
export const SHARED_CODE = 128;
/** It was populated. */
export const POPULATED = 256;
/** It is a copy of a page of the file. */
export const COPIED_FROM_FILE = 1024;
/** At some time it could have been on a device. */
export const ROAMED = 2048;

/** The traits that the next store clears. */
export const OF_LAST_STORE = WRITTEN_BY_DEVICE | WRITTEN_BY_KERNEL;
/** The traits that describe its location. */
export const OF_PLACE = SENT | SENT_TO_SECOND;

/** The device that it was sent to, if it was. */
export const homeOf = (traits: number): number | undefined =>
  (traits & SENT) === 0 ? undefined : (traits & SENT_TO_SECOND) === 0 ? 0 : 1;
