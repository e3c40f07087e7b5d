import { isExclusive, NO_OBJECT, NOT_MAPPED, type State } from '../../spec/model/state.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import type { ModelRun } from './model-run.ts';
import type { RandomSource } from './strategy.ts';

/** Number of places in ten that are on a device when system memory is preferred. */
const MOSTLY_SYSTEM = 2;

/**
 * Page picker: chooses processes, pages and slots at which commands have an effect in the present state of the model.
 */
export class PagePicker {
  /** The page for the next command, which overrides every other choice. */
  aim: { readonly process: number; readonly page: number } | undefined;
  /** The device for the next commands on devices. */
  aimedDevice: number | undefined;
  readonly #guide: ModelRun;
  readonly #scope: Scope;
  readonly #random: RandomSource;
  readonly #deviceBias: number;

  constructor(guide: ModelRun, random: RandomSource, deviceBias: number) {
    this.#guide = guide;
    this.#scope = guide.scope;
    this.#random = random;
    this.#deviceBias = deviceBias;
  }

  get #state(): State {
    return this.#guide.state;
  }

  /** A page that the process has mapped, or a mapped page of any process. */
  somewhereIn(process: number | undefined): { process: number; page: number } {
    const place = this.somewhere(this.#deviceBias);
    return process === undefined ? place : { process, page: place.page };
  }

  isOnDevice(process: number, page: number): boolean {
    if (page >= this.#scope.pages) return false;
    const object = this.#state.entry[this.#state.at(process, page)] ?? NO_OBJECT;
    return object > NO_OBJECT && this.#state.onDevice(object);
  }

  /** A live process, if there is one. */
  liveProcess(): number {
    return this.#processThat(1);
  }

  /** A free process slot, if there is one. */
  freeSlot(): number {
    return this.#processThat(0);
  }

  /** A slot for a new process: the one aimed at if it is free. */
  slotToFill(): number {
    const slot = this.aim?.process;
    return slot !== undefined && this.#state.alive[slot] === 0 ? slot : this.freeSlot();
  }

  /** A page in system memory that is shared, pinned or exclusive to a device, if there is one. */
  held(): { process: number; page: number } {
    if (this.aim !== undefined) return this.aim;
    const { entry, writable, maps } = this.#state;
    const start = this.#random.nextInt(0, entry.length - 1);
    for (let offset = 0; offset < entry.length; offset++) {
      const at = (start + offset) % entry.length;
      const object = entry[at] ?? NO_OBJECT;
      if (object <= NO_OBJECT || this.#state.onDevice(object)) continue;
      const isHeld = (maps[object] ?? 0) > 1 || this.#state.pinned(object) || isExclusive(writable[at] ?? 0);
      if (isHeld) return this.#place(at);
    }
    return this.somewhere(MOSTLY_SYSTEM);
  }

  /** A slot for a child: a free one, or that of a process that may end and is not the parent. */
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

  /**
   * A pin slot that is usually empty or busy as requested; the other state must cause an error and is tested sometimes.
   */
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

  /** Usually another entry of the same page if there is one; otherwise the place itself. */
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

  /** An unmapped page of a live process, if there is one. */
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

  /** The next page, or the previous one if there is none. */
  neighbourOf({ process, page }: { process: number; page: number }): { process: number; page: number } {
    if (page + 1 < this.#scope.pages) return { process, page: page + 1 };
    return { process, page: Math.max(0, page - 1) };
  }

  #isUnmapped({ process, page }: { process: number; page: number }): boolean {
    return (
      this.#state.alive[process] === 1 && this.#state.mapping[this.#state.at(process, page)] === NOT_MAPPED
    );
  }

  /** One of the devices; the first is not named explicitly. */
  device(): { device?: number } {
    const device = this.aimedDevice ?? this.#random.nextInt(0, devicesIn(this.#scope) - 1);
    return device === 0 ? {} : { device };
  }

  /** An unmapped page of the process, if there is one. */
  unmappedIn(process: number): number {
    const { pages } = this.#scope;
    const start = this.#random.nextInt(0, pages - 1);
    for (let offset = 0; offset < pages; offset++) {
      const page = (start + offset) % pages;
      if (this.#state.mapping[this.#state.at(process, page)] === NOT_MAPPED) return page;
    }
    return start;
  }

  /** Usually a page to which a device has exclusive access, if there is one. */
  exclusive(): { process: number; page: number } {
    if (this.aim !== undefined) return this.aim;
    const random = this.#random;
    const { writable } = this.#state;
    const start = random.nextInt(0, writable.length - 1);
    if (random.nextInt(0, 4) > 0) {
      for (let offset = 0; offset < writable.length; offset++) {
        const entry = (start + offset) % writable.length;
        if (isExclusive(writable[entry] ?? 0)) return this.#place(entry);
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
   * @param deviceBias number of cases in ten in which the page is on the device; in the others it is not. If there is
   *   no such page, any mapped page; sometimes any page.
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
