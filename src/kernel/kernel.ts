import type { Profile } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { isDevice, isPresent, NONE, pfnOf, POISON_ENTRY } from './entry.ts';
import { ACCESS_OOM, ACCESS_SIGBUS, ACCESS_TRAPPED } from './fault.ts';
import { fillPage, type Page, readPage } from './page.ts';
import { Pins } from './pins.ts';
import { VMA_WRITE, NO_VMA, PRIVATE_VMA, type Process } from './process.ts';
import { usableSwapTypes } from './swap-types.ts';

/**
 * The kernel, whole. It is built in layers, each a class on top of the one before: Memory (struct pages and their
 * counts), Mappings (processes, VMAs, entries), Moves, Tracking, ExclusiveAccess, Fork, FaultPath, Migration, GroupCalls,
 * Advice, Queries, Pins, and here what else user space calls. Every step that could be got wrong is a small method of
 * its own, so that a planted bug is an override of a few lines.
 */
export class Kernel extends Pins {
  swapAreas = 0;

  load(process: Process, index: number): Result {
    const pfn = this.access(process, index, false);
    return pfn < 0 ? this.signal(pfn) : readPage(this.page(pfn));
  }

  store(process: Process, index: number, value: number): Result {
    const pfn = this.access(process, index, true);
    if (pfn < 0) return this.signal(pfn);
    fillPage(this.page(pfn), value);
    return 'ok';
  }

  protected signal(access: number): Result {
    if (access === ACCESS_OOM) return 'oom';
    if (access === ACCESS_TRAPPED) return 'trapped';
    return access === ACCESS_SIGBUS ? 'SIGBUS' : 'SIGSEGV';
  }

  /** The kernel reads at a user address, for another process or for a device that cannot wait. */
  kernelLoad(process: Process, index: number): Result {
    const pfn = this.kernelAccess(process, index, false);
    return pfn < 0 ? this.errorOf(pfn) : readPage(this.page(pfn));
  }

  kernelStore(process: Process, index: number, value: number): Result {
    // Whoever waits comes in at the fault of a page on a device, or else when the page is held.
    const waits = isDevice(process.entry(index)) ? undefined : this.concurrent;
    if (waits !== undefined) this.concurrent = undefined;
    const pfn = this.kernelAccess(process, index, true);
    if (waits !== undefined) this.concurrent = waits;
    if (pfn < 0) return this.errorOf(pfn);
    const page = this.page(pfn);
    if (this.concurrent === undefined) fillPage(page, value);
    else this.racingStore(page, value);
    return 'ok';
  }

  /** A window between the look-up and the store: the kernel holds the page as a pin does, wherever that is mapped by then. */
  protected racingStore(page: Page, value: number): void {
    this.getPage(page);
    this.runConcurrent();
    fillPage(page, value);
    this.putPage(page);
  }

  protected kernelAccess(process: Process, index: number, write: boolean): number {
    return this.access(process, index, write);
  }

  /** A read where faults are not allowed: what is not there now cannot be had. */
  peek(process: Process, index: number): Result {
    if (!this.permits(process, index, false)) return 'EFAULT';
    const entry = process.entry(index);
    if (isPresent(entry)) return readPage(this.page(pfnOf(entry)));
    const readsZero = entry === NONE && process.kind(index) === PRIVATE_VMA;
    return readsZero && !this.trapsMissing(process, index) ? 0 : 'EFAULT';
  }

  /** Faults a page in beforehand, for writing where it may be written. */
  populate(process: Process, index: number): Result {
    if (process.kind(index) === NO_VMA) return 'ENOMEM';
    const pfn = this.access(process, index, this.populatesForWriting(process, index));
    return pfn < 0 ? this.errorOf(pfn) : 'ok';
  }

  protected populatesForWriting(process: Process, index: number): boolean {
    return process.protection(index) === VMA_WRITE;
  }

  /** The lock holds even where the page could not be had. */
  lock(process: Process, index: number): Result {
    const result = this.populate(process, index);
    process.locked[index] = true;
    return result;
  }

  unlock(process: Process, index: number): void {
    process.locked[index] = false;
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
    this.watchesUnpopulated = other.watchesUnpopulated;
    for (const [slot, pfn] of other.pins.entries()) this.pins[slot] = pfn;
  }
}

/** The class itself, or a planted one in its place. */
export type KernelClass = new (profile: Profile, scope: Scope) => Kernel;
