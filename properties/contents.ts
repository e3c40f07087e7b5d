import { fileValue } from '../spec/vocabulary/scope.ts';
import { zeros } from './mapping-table.ts';

// What a page of a process holds: UNMAPPED, HOLE, POISON, or from here on the number of a content. The pages that
// stand for ever come first, each kind in a block of its own, so that their numbers are the same in every scope.

/** The most pages that a process may have. */
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
/** A page of the file, which a mapping of it sees until it has an object. */
export const isFilePage = (code: number): boolean => code >= FILE_PAGES && code < ZEROES;
/** One page of private memory: what can be shared by fork, pinned, charged for, and moved. */
export const isObject = (code: number): boolean => code >= FIRST_OBJECT;
/** Anything that holds a value: an object, or a page that stands. */
export const isContent = (code: number): boolean => code >= HOST_PAGES;

/** What a read must give is not known, or it must fail. */
export const NO_VALUE = -1;

const STANDING_ZEROS: readonly number[] = zeros(FIRST_OBJECT);
const STANDING_VALUES: readonly number[] = STANDING_ZEROS.map((_, code) =>
  isFilePage(code) ? fileValue(code - FILE_PAGES) : 0,
);

/** The contents of a case, with those who hold them. */
export class Contents {
  /** By content: its value, how many processes see it, how many slots pin it, what it has been through. */
  readonly #values = STANDING_VALUES.slice();
  readonly #seers = STANDING_ZEROS.slice();
  readonly #pinners = STANDING_ZEROS.slice();
  readonly #traits = STANDING_ZEROS.slice();
  /** How many objects anybody holds. */
  held = 0;

  /** The first number that no content has. */
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

  /** Whether one process alone sees it. */
  isSole(code: number): boolean {
    return this.#seers[code] === 1;
  }

  isHeld(code: number): boolean {
    return isObject(code) && ((this.#seers[code] ?? 0) > 0 || this.isPinned(code));
  }

  write(code: number, value: number): void {
    this.#values[code] = value;
  }

  /** A new object, which one process sees. */
  create(value: number, traits: number): number {
    this.held++;
    this.#seers.push(1);
    this.#pinners.push(0);
    this.#traits.push(traits);
    return this.#values.push(value) - 1;
  }

  /** One more process sees it. */
  share(code: number): void {
    this.#seers[code] = (this.#seers[code] ?? 0) + 1;
  }

  /** One process sees it no more. */
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
