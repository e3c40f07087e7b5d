import { HOLE, POISON, UNMAPPED } from '../spec/vocabulary/snapshot.ts';
import { zeros } from './mapping-table.ts';

/** What a page of a process holds: UNMAPPED, HOLE, POISON, or from here on the number of a content. */
const FIRST_CONTENT = 4;

export const isContent = (code: number): boolean => code >= FIRST_CONTENT;

/** The slot is empty. */
export const NO_PIN = 0;
/** What a read must give is not known, or it must fail. */
export const NO_VALUE = -1;

// What a content has been through, so that a property can tell which reads are about it.

/** A migration moved it. */
export const MOVED = 1;
/** A migration took it to the device, and nothing that is seen in results has brought it back. */
export const SENT = 2;
/** It was a hole when a migration moved it, and nobody has stored to it. */
export const BORN_BY_MIGRATION = 4;
/** The device wrote to it last. */
export const WRITTEN_BY_DEVICE = 8;
/** A fork shared it. */
export const SHARED = 16;

/**
 * Memory as a machine without any device would have it: each process has its own flat copy-on-write memory, host
 * pages are one for all, and a pin goes on seeing the page that it holds. It is told what the target answered and
 * knows what a read must give. Where a page lives is no business of it: that is the point of comparing against it.
 */
export class FlatMemory {
  readonly #pages: number;
  /** By content: its value, how many processes see it, how many slots pin it, what it has been through. */
  readonly #values: number[];
  readonly #seers: number[];
  readonly #pinners: number[];
  readonly #traits: number[];
  /** How many contents of private memory anybody holds. */
  contents = 0;
  /** Row by process, one code for each page. Never changed in place: a step keeps the row of its time. */
  row: readonly number[];
  /** The content that each slot pins. */
  pins: readonly number[];

  constructor(processes: number, pages: number, slots: number) {
    this.#pages = pages;
    // The host pages come first, and are always there.
    const first = FIRST_CONTENT + pages;
    this.#values = zeros(first);
    this.#seers = zeros(first);
    this.#pinners = zeros(first);
    this.#traits = zeros(first);
    this.row = zeros(processes * pages);
    this.pins = zeros(slots);
  }

  /** What a read of this page must give. */
  read(cell: number): number {
    const code = this.row[cell] ?? UNMAPPED;
    if (code === HOLE) return 0;
    return isContent(code) ? (this.#values[code] ?? NO_VALUE) : NO_VALUE;
  }

  /** What letting go of this slot must give. */
  readPinned(slot: number): number {
    const content = this.pins[slot] ?? NO_PIN;
    return content === NO_PIN ? NO_VALUE : (this.#values[content] ?? NO_VALUE);
  }

  traits(code: number): number {
    return this.#traits[code] ?? 0;
  }

  isPinned(code: number): boolean {
    return (this.#pinners[code] ?? 0) > 0;
  }

  map(cell: number, host: boolean): void {
    this.#set(cell, host ? FIRST_CONTENT + (cell % this.#pages) : HOLE);
  }

  unmap(cell: number): void {
    this.#leave(this.row[cell] ?? UNMAPPED);
    this.#set(cell, UNMAPPED);
  }

  discard(cell: number): void {
    const code = this.row[cell] ?? UNMAPPED;
    if (code === HOLE || this.#isHostPage(code)) return;
    this.#leave(code);
    this.#set(cell, HOLE);
  }

  /** The page is lost to this process. */
  poison(cell: number): void {
    this.#leave(this.row[cell] ?? UNMAPPED);
    this.#set(cell, POISON);
  }

  fork(parent: number, child: number, copiesPinned: boolean): void {
    const pages = this.#pages;
    const row = this.row.slice();
    for (let page = 0; page < pages; page++) {
      const code = row[parent * pages + page] ?? UNMAPPED;
      row[child * pages + page] = this.#forChild(code, copiesPinned);
    }
    this.row = row;
  }

  #forChild(code: number, copiesPinned: boolean): number {
    if (!isContent(code) || this.#isHostPage(code)) return code;
    if (copiesPinned && this.isPinned(code)) return this.#copyOf(code, SHARED);
    this.#seers[code] = (this.#seers[code] ?? 0) + 1;
    this.#traits[code] = this.traits(code) | SHARED;
    return code;
  }

  exit(process: number): void {
    const start = process * this.#pages;
    const row = this.row.slice();
    for (let cell = start; cell < start + this.#pages; cell++) {
      this.#leave(row[cell] ?? UNMAPPED);
      row[cell] = UNMAPPED;
    }
    this.row = row;
  }

  write(cell: number, value: number, byDevice: boolean): void {
    const content = this.#ownContent(cell);
    this.#values[content] = value;
    const kept = this.traits(content) & ~(BORN_BY_MIGRATION | WRITTEN_BY_DEVICE);
    this.#traits[content] = byDevice ? kept | WRITTEN_BY_DEVICE : kept;
  }

  pin(cell: number, slot: number): void {
    const content = this.#ownContent(cell);
    this.#pinners[content] = (this.#pinners[content] ?? 0) + 1;
    this.#setPin(slot, content);
  }

  unpin(slot: number): void {
    const content = this.pins[slot] ?? NO_PIN;
    if (content === NO_PIN) return;
    this.#pinners[content] = (this.#pinners[content] ?? 0) - 1;
    this.#setPin(slot, NO_PIN);
    this.#dropIfUnheld(content);
  }

  /** A migration says that it moved what is here. A hole becomes a page of its own by that. */
  moved(cell: number, toDevice: boolean): void {
    const code = this.row[cell] ?? UNMAPPED;
    if (code === HOLE) this.#set(cell, this.#create(0, MOVED | SENT | BORN_BY_MIGRATION));
    else if (toDevice) this.#traits[code] = this.traits(code) | MOVED | SENT;
    else this.#traits[code] = (this.traits(code) | MOVED) & ~SENT;
  }

  /** The CPU has touched it, so it is in system memory now. */
  touched(cell: number): void {
    const code = this.row[cell] ?? UNMAPPED;
    if (isContent(code)) this.#traits[code] = this.traits(code) & ~SENT;
  }

  /** Nothing is on the device any more. */
  allBack(): void {
    for (let content = FIRST_CONTENT; content < this.#traits.length; content++) {
      this.#traits[content] = this.traits(content) & ~SENT;
    }
  }

  /** The content that the process may write to: its own alone, unless it is a host page. */
  #ownContent(cell: number): number {
    const code = this.row[cell] ?? UNMAPPED;
    if (this.#isHostPage(code)) return code;
    if (isContent(code) && this.#seers[code] === 1) return code;
    const content = isContent(code) ? this.#copyOf(code, 0) : this.#create(0, 0);
    this.#leave(code);
    this.#set(cell, content);
    return content;
  }

  #isHostPage(code: number): boolean {
    return isContent(code) && code < FIRST_CONTENT + this.#pages;
  }

  #copyOf(code: number, more: number): number {
    return this.#create(this.#values[code] ?? NO_VALUE, (this.traits(code) & ~SENT) | more);
  }

  #create(value: number, traits: number): number {
    this.contents++;
    this.#seers.push(1);
    this.#pinners.push(0);
    this.#traits.push(traits);
    return this.#values.push(value) - 1;
  }

  #leave(code: number): void {
    if (!isContent(code) || this.#isHostPage(code)) return;
    this.#seers[code] = (this.#seers[code] ?? 0) - 1;
    this.#dropIfUnheld(code);
  }

  #dropIfUnheld(content: number): void {
    if (this.#isHostPage(content)) return;
    if (this.#seers[content] === 0 && !this.isPinned(content)) this.contents--;
  }

  #set(cell: number, code: number): void {
    const row = this.row.slice();
    row[cell] = code;
    this.row = row;
  }

  #setPin(slot: number, content: number): void {
    const pins = this.pins.slice();
    pins[slot] = content;
    this.pins = pins;
  }
}
