import type fc from 'fast-check';
import { isExclusive, NO_OBJECT, NOT_MAPPED, type State } from '../../spec/model/state.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import type { Guide } from './guide.ts';

/** How many of ten places are on a device where memory in the system is looked for. */
const MOSTLY_SYSTEM = 2;

/** Where the commands of a case go: to places at which they mean something in the state that was reached. */
export class Places {
  /** The page that the next command is to go to, whatever else would be chosen. */
  aim: { readonly process: number; readonly page: number } | undefined;
  readonly #guide: Guide;
  readonly #scope: Scope;
  readonly #random: fc.Random;
  readonly #deviceBias: number;

  constructor(guide: Guide, random: fc.Random, deviceBias: number) {
    this.#guide = guide;
    this.#scope = guide.scope;
    this.#random = random;
    this.#deviceBias = deviceBias;
  }

  get #state(): State {
    return this.#guide.state;
  }

  /** A page that a process has mapped, or one of any process. */
  somewhereIn(process: number | undefined): { process: number; page: number } {
    const place = this.somewhere(this.#deviceBias);
    return process === undefined ? place : { process, page: place.page };
  }

  isOnDevice(process: number, page: number): boolean {
    if (page >= this.#scope.pages) return false;
    const object = this.#state.entry[this.#state.at(process, page)] ?? NO_OBJECT;
    return object > NO_OBJECT && this.#state.onDevice(object);
  }

  /** A process that is alive, where there is one. */
  liveProcess(): number {
    return this.#processThat(1);
  }

  /** A process slot that is free, where there is one. */
  freeSlot(): number {
    return this.#processThat(0);
  }

  /** A process slot in which to begin a process: the one aimed at, if it is free. */
  slotToFill(): number {
    const slot = this.aim?.process;
    return slot !== undefined && this.#state.alive[slot] === 0 ? slot : this.freeSlot();
  }

  /** A page in system memory that others see, too, or that is pinned or a device's alone, where there is one. */
  held(): { process: number; page: number } {
    if (this.aim !== undefined) return this.aim;
    const { entry, flavour, maps } = this.#state;
    const start = this.#random.nextInt(0, entry.length - 1);
    for (let offset = 0; offset < entry.length; offset++) {
      const at = (start + offset) % entry.length;
      const object = entry[at] ?? NO_OBJECT;
      if (object <= NO_OBJECT || this.#state.onDevice(object)) continue;
      const isHeld = (maps[object] ?? 0) > 1 || this.#state.pinned(object) || isExclusive(flavour[at] ?? 0);
      if (isHeld) return this.#place(at);
    }
    return this.somewhere(MOSTLY_SYSTEM);
  }

  /** A slot for a child: a free one, where there is one; otherwise that of a process that may go, which is not its parent. */
  slotForChild(parent: number): number {
    const slot = this.freeSlot();
    return slot === parent ? (slot + 1) % this.#scope.processes : slot;
  }

  #processThat(alive: 0 | 1): number {
    const { processes } = this.#scope;
    const start = this.#random.nextInt(0, processes - 1);
    for (let offset = 0; offset < processes; offset++) {
      const process = (start + offset) % processes;
      if (this.#state.alive[process] === alive) return process;
    }
    return start;
  }

  /** A slot for pins that is empty or not, mostly: the other sort must be refused, and now and then is tried. */
  slot(empty: boolean): number {
    const { slots } = this.#scope;
    if (slots === 0) return 0;
    const start = this.#random.nextInt(0, slots - 1);
    if (this.#random.nextInt(0, 9) === 0) return start;
    for (let offset = 0; offset < slots; offset++) {
      const slot = (start + offset) % slots;
      if ((this.#state.slot[slot] === 0) === empty) return slot;
    }
    return start;
  }

  /** Another place that sees the same page, where there is one, mostly; the place itself otherwise. */
  sharerOf({ process, page }: { process: number; page: number }): { process: number; page: number } {
    const { entry } = this.#state;
    const here = this.#state.at(process, page);
    const object = entry[here] ?? NO_OBJECT;
    if (object > NO_OBJECT && this.#random.nextInt(0, 2) > 0) {
      for (let other = 0; other < entry.length; other++) {
        if (other !== here && entry[other] === object) return this.#place(other);
      }
    }
    return { process, page };
  }

  /** A page of a live process at which nothing is mapped, where there is one. */
  unmapped(): { process: number; page: number } {
    if (this.aim !== undefined && this.#isUnmapped(this.aim)) return this.aim;
    const process = this.liveProcess();
    const { pages } = this.#scope;
    const start = this.#random.nextInt(0, pages - 1);
    for (let offset = 0; offset < pages; offset++) {
      const page = (start + offset) % pages;
      if (this.#state.mapping[this.#state.at(process, page)] === NOT_MAPPED) return { process, page };
    }
    return { process, page: start };
  }

  /** The page behind, or where there is none the one before. */
  neighbourOf({ process, page }: { process: number; page: number }): { process: number; page: number } {
    if (page + 1 < this.#scope.pages) return { process, page: page + 1 };
    return { process, page: Math.max(0, page - 1) };
  }

  #isUnmapped({ process, page }: { process: number; page: number }): boolean {
    return (
      this.#state.alive[process] === 1 && this.#state.mapping[this.#state.at(process, page)] === NOT_MAPPED
    );
  }

  /** One of the devices; the first is left unsaid. */
  device(): { device?: number } {
    const device = this.#random.nextInt(0, devicesIn(this.#scope) - 1);
    return device === 0 ? {} : { device };
  }

  /** A page of a process at which nothing is mapped, where there is one. */
  unmappedIn(process: number): number {
    const { pages } = this.#scope;
    const start = this.#random.nextInt(0, pages - 1);
    for (let offset = 0; offset < pages; offset++) {
      const page = (start + offset) % pages;
      if (this.#state.mapping[this.#state.at(process, page)] === NOT_MAPPED) return page;
    }
    return start;
  }

  /** A page that a device has to itself, mostly, where there is one. */
  exclusive(): { process: number; page: number } {
    if (this.aim !== undefined) return this.aim;
    const random = this.#random;
    const { flavour } = this.#state;
    const start = random.nextInt(0, flavour.length - 1);
    if (random.nextInt(0, 4) > 0) {
      for (let offset = 0; offset < flavour.length; offset++) {
        const entry = (start + offset) % flavour.length;
        if (isExclusive(flavour[entry] ?? 0)) return this.#place(entry);
      }
    }
    return this.somewhere(3);
  }

  /** A range that begins at a page, or the whole process. */
  rangeFrom({ process, page }: { process: number; page: number }): {
    process: number;
    page: number;
    count: number;
  } {
    const { pages } = this.#scope;
    if (this.#random.nextInt(0, 2) === 0) return { process, page: 0, count: pages };
    return { process, page, count: this.#random.nextInt(1, pages - page) };
  }

  /**
   * A page of a live process.
   *
   * @param deviceBias in so many of ten cases one that is on the device, in the others one that is not; where there is
   *   none of the kind any that is mapped; and now and then just any
   */
  somewhere(deviceBias: number): { process: number; page: number } {
    if (this.aim !== undefined) return this.aim;
    const random = this.#random;
    const state = this.#state;
    const { length } = state.entry;
    const wantsDevice = random.nextInt(0, 9) < deviceBias;
    const start = random.nextInt(0, length - 1);
    if (random.nextInt(0, 19) === 0) {
      return { process: this.liveProcess(), page: start % this.#scope.pages };
    }
    let mapped = -1;
    for (let offset = 0; offset < length; offset++) {
      const entry = (start + offset) % length;
      if ((state.mapping[entry] ?? NOT_MAPPED) === NOT_MAPPED) continue;
      if (mapped < 0) mapped = entry;
      const object = state.entry[entry] ?? NO_OBJECT;
      const onDevice = object > NO_OBJECT && state.onDevice(object);
      if (onDevice === wantsDevice) return this.#place(entry);
    }
    return mapped >= 0
      ? this.#place(mapped)
      : { process: this.liveProcess(), page: start % this.#scope.pages };
  }

  #place(entry: number): { process: number; page: number } {
    const { pages } = this.#scope;
    return { process: Math.floor(entry / pages), page: entry % pages };
  }
}
