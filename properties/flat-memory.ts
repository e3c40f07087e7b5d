import { UNPOPULATED, POISON, UNMAPPED } from '../spec/vocabulary/snapshot.ts';
import type { Charges } from './charges.ts';
import {
  Contents,
  COPIED_FROM_FILE,
  filePage,
  hostPage,
  isContent,
  isFilePage,
  isObject,
  MOVED,
  NO_VALUE,
  OF_LAST_STORE,
  OF_PLACE,
  POPULATED,
  ROAMED,
  SENT,
  SENT_TO_SECOND,
  SHARED_CODE,
  sharedPage,
  ZEROES,
} from './contents.ts';
import {
  isFile,
  isHost,
  isInherited,
  isNotInherited,
  isShared,
  type Mapping,
  zeros,
} from './mapping-table.ts';

/** The slot is empty. */
export const NO_PIN = 0;

/**
 * Memory of a machine without devices: each process has its own flat copy-on-write memory, host and shared pages are
 * common to all processes, and a pin keeps access to the page that it holds. It is updated with the results of the
 * target and predicts the value of each read. It does not model the location of a page, because it serves as the
 * location-independent reference.
 */
export class FlatMemory {
  readonly #pages: number;
  readonly #charges: Charges;
  readonly contents = new Contents();
  /** Row by process, one content code for each page. Never changed in place: a step keeps the row of its time. */
  row: readonly number[];
  /** The content that each slot pins. */
  pins: readonly number[];

  constructor(processes: number, pages: number, slots: number, charges: Charges) {
    this.#pages = pages;
    this.#charges = charges;
    this.row = zeros(processes * pages);
    this.pins = zeros(slots);
  }

  code(cell: number): number {
    return this.row[cell] ?? UNMAPPED;
  }

  /** The value that a read of this page must return. */
  read(cell: number): number {
    const code = this.code(cell);
    if (code === UNPOPULATED) return 0;
    return isContent(code) ? this.contents.value(code) : NO_VALUE;
  }

  /** The value that unpinning this slot must return. */
  readPinned(slot: number): number {
    const content = this.pins[slot] ?? NO_PIN;
    return content === NO_PIN ? NO_VALUE : this.contents.value(content);
  }

  /** The content after a new mapping and after a discard. */
  empty(cell: number, mapping: Mapping): void {
    this.#leave(cell);
    this.#set(cell, this.#blank(cell, mapping));
  }

  #blank(cell: number, mapping: Mapping): number {
    const page = cell % this.#pages;
    if (isHost(mapping)) return hostPage(page);
    if (isShared(mapping)) return sharedPage(page);
    return isFile(mapping) ? filePage(page) : UNPOPULATED;
  }

  unmap(cell: number): void {
    this.#leave(cell);
    this.#set(cell, UNMAPPED);
  }

  /** The process has lost the page. */
  poison(cell: number): void {
    this.#leave(cell);
    this.#set(cell, POISON);
  }

  /** Moves the content to another cell; `left` is the content code that the old cell gets. */
  move(from: number, to: number, left: number): void {
    const row = this.row.slice();
    row[to] = row[from] ?? UNMAPPED;
    row[from] = left;
    this.row = row;
  }

  /** @param mappings the mappings of the parent, which decide the pages that the child inherits */
  fork(parent: number, child: number, copiesPinned: boolean, mappings: readonly Mapping[]): void {
    const pages = this.#pages;
    const row = this.row.slice();
    for (let page = 0; page < pages; page++) {
      const code = row[parent * pages + page] ?? UNMAPPED;
      const mapping = mappings[parent * pages + page] ?? 0;
      row[child * pages + page] = isInherited(mapping)
        ? this.#forChild(code, child, copiesPinned)
        : isNotInherited(mapping)
          ? UNMAPPED
          : UNPOPULATED;
    }
    this.row = row;
  }

  #forChild(code: number, child: number, copiesPinned: boolean): number {
    if (!isObject(code)) return code;
    const { contents } = this;
    if (copiesPinned && contents.isPinned(code)) return this.#copy(code, SHARED_CODE, child);
    contents.share(code);
    contents.setTraits(code, contents.traits(code) | SHARED_CODE);
    return code;
  }

  exit(process: number): void {
    const start = process * this.#pages;
    const row = this.row.slice();
    for (let cell = start; cell < start + this.#pages; cell++) {
      this.contents.leave(row[cell] ?? UNMAPPED);
      row[cell] = UNMAPPED;
    }
    this.row = row;
  }

  /** Stores a value; `writer` is the trait of the writer, 0 for the CPU. */
  write(cell: number, value: number, writer = 0): void {
    const code = this.own(cell);
    const { contents } = this;
    contents.write(code, value);
    contents.setTraits(code, (contents.traits(code) & ~OF_LAST_STORE) | writer);
  }

  populate(cell: number, writes: boolean): void {
    const code = writes ? this.own(cell) : this.code(cell);
    if (isObject(code)) this.#mark(code, POPULATED, 0);
  }

  pin(cell: number, slot: number): void {
    const code = this.own(cell);
    this.contents.pin(code);
    this.#setPin(slot, code);
  }

  /** A pin for reading holds the page that the process sees, and creates no object for a page without one. */
  pinForReading(cell: number, slot: number, own: boolean): void {
    const code = own ? this.own(cell) : this.code(cell);
    const held = code === UNPOPULATED ? ZEROES : code;
    this.contents.pin(held);
    this.#setPin(slot, held);
  }

  unpin(slot: number): void {
    const code = this.pins[slot] ?? NO_PIN;
    if (code === NO_PIN) return;
    this.contents.unpin(code);
    this.#setPin(slot, NO_PIN);
  }

  /** A migration to this device reports that it moved this page. An unpopulated page becomes an object by that. */
  sent(cell: number, device: number): void {
    const sent = MOVED | SENT | ROAMED | (device === 0 ? 0 : SENT_TO_SECOND);
    const code = this.code(cell);
    if (code === UNPOPULATED) this.#set(cell, this.#create(cell, 0, sent));
    else this.#mark(code, sent, OF_PLACE);
  }

  /** A migration to system memory reports that it moved this page. */
  returned(cell: number): void {
    this.#mark(this.code(cell), MOVED, OF_PLACE);
  }

  /** The CPU has accessed it, so it is in system memory. */
  accessed(cell: number): void {
    const code = this.code(cell);
    if (isObject(code)) this.#mark(code, 0, OF_PLACE);
  }

  /** All pages of this device have been migrated to system memory. */
  allBack(device: number): void {
    const { contents } = this;
    for (let code = 0; code < contents.end; code++) {
      const isThere = (contents.traits(code) & OF_PLACE) === (device === 0 ? SENT : OF_PLACE);
      if (isThere) this.#mark(code, 0, OF_PLACE);
    }
  }

  /** The content that the process may write to: an object that it alone maps, or common memory. */
  own(cell: number): number {
    const code = this.code(cell);
    const { contents } = this;
    if (isObject(code) ? contents.isSole(code) : isContent(code) && !isFilePage(code)) return code;
    const process = Math.trunc(cell / this.#pages);
    const traits = isFilePage(code) ? COPIED_FROM_FILE : 0;
    const own = isContent(code) ? this.#copy(code, traits, process) : this.#create(cell, 0, 0);
    contents.leave(code);
    this.#set(cell, own);
    return own;
  }

  #copy(code: number, more: number, process: number): number {
    const { contents } = this;
    this.#charges.made(process);
    return contents.create(contents.value(code), (contents.traits(code) & ~OF_PLACE) | more);
  }

  #create(cell: number, value: number, traits: number): number {
    this.#charges.made(Math.trunc(cell / this.#pages));
    return this.contents.create(value, traits);
  }

  #mark(code: number, set: number, clear: number): void {
    this.contents.setTraits(code, (this.contents.traits(code) & ~clear) | set);
  }

  #leave(cell: number): void {
    this.contents.leave(this.code(cell));
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
