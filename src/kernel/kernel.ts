import type { Profile } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { pfnOf, POISON_ENTRY } from './entry.ts';
import { TOUCH_OOM, TOUCH_SIGBUS } from './fault.ts';
import { Migration } from './migrate.ts';
import { fillPage, readPage } from './page.ts';
import type { Process } from './process.ts';
import { usableSwapTypes } from './swap-types.ts';

/** No page is pinned in this slot: the page of zeros cannot be. */
const NO_PIN = 0;

/**
 * The kernel, whole. It is built in layers, each a class on top of the one before: Memory (struct pages and their
 * counts), Mappings (processes, VMAs, entries), Fork, FaultPath, Migration, and here what user space calls. Every
 * step that could be got wrong is a small method of its own, so that a planted bug is an override of a few lines.
 */
export class Kernel extends Migration {
  /** The page that each slot pins. */
  readonly pins: number[];
  swapAreas: number;

  constructor(profile: Profile, scope: Scope) {
    super(profile, scope);
    this.pins = [];
    for (let slot = 0; slot < scope.slots; slot++) this.pins.push(NO_PIN);
    this.swapAreas = 0;
  }

  load(process: Process, index: number): Result {
    const pfn = this.touch(process, index, false);
    return pfn < 0 ? this.signal(pfn) : readPage(this.page(pfn));
  }

  store(process: Process, index: number, value: number): Result {
    const pfn = this.touch(process, index, true);
    if (pfn < 0) return this.signal(pfn);
    fillPage(this.page(pfn), value);
    return 'ok';
  }

  protected signal(touch: number): Result {
    if (touch === TOUCH_OOM) return 'oom';
    return touch === TOUCH_SIGBUS ? 'SIGBUS' : 'SIGSEGV';
  }

  /** Holds a page of system memory for somebody who will write to it at any time. */
  pin(process: Process, index: number, slot: number): Result {
    if (this.pins[slot] !== NO_PIN) return 'EBUSY';
    const pfn = this.pinnable(process, index);
    if (pfn < 0) return pfn === TOUCH_OOM ? 'ENOMEM' : 'EFAULT';
    this.getPage(this.page(pfn));
    this.pins[slot] = pfn;
    return 'ok';
  }

  /** A page can be pinned in system memory only: touching it brings it there. */
  protected pinnable(process: Process, index: number): number {
    return this.touch(process, index, true);
  }

  unpin(slot: number): Result {
    const pfn = this.pins[slot] ?? NO_PIN;
    if (pfn === NO_PIN) return 'EINVAL';
    const page = this.page(pfn);
    const value = readPage(page);
    this.pins[slot] = NO_PIN;
    this.putPage(page);
    return value;
  }

  /** The page behind an entry is lost to this process: from now on every touch fails. Others keep theirs. */
  poisonEntry(process: Process, index: number): void {
    const page = this.page(pfnOf(process.entry(index)));
    process.entries[index] = POISON_ENTRY;
    this.addRss(process, -1);
    this.dropEntryOf(page);
  }

  /** Switches on as many of the areas as there are swap types left for; answers how many. */
  swapOn(areas: number): number {
    const accepted = Math.min(areas, this.swapLimit() - this.swapAreas);
    this.swapAreas += accepted;
    return accepted;
  }

  protected swapLimit(): number {
    return usableSwapTypes(this.profile.name);
  }

  /** Becomes like another kernel of the same profile and scope, sharing nothing with it. Called on a fresh one. */
  copyFrom(other: Kernel): void {
    this.copyMappings(other);
    this.swapAreas = other.swapAreas;
    this.givesUpWithoutMemory = other.givesUpWithoutMemory;
    for (const [slot, pfn] of other.pins.entries()) this.pins[slot] = pfn;
  }
}

/** The class itself, or a planted one in its place. */
export type KernelClass = new (profile: Profile, scope: Scope) => Kernel;
