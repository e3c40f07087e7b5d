import type { Profile } from '../../spec/profiles/profile.ts';
import type { Advice, Limit } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import {
  isDevice,
  isExclusiveEntry,
  isMigration,
  isPresent,
  isWatched,
  NONE,
  pfnOf,
  POISON_ENTRY,
  usableSwapTypes,
} from './entry.ts';
import { ACCESS_OOM, ACCESS_SIGBUS, ACCESS_TRAPPED } from './faults-and-migration.ts';
import { LargeFolios } from './large-folios.ts';
import { fillPage, isAnonymous, NO_LIMIT, type Page, readPage } from './memory.ts';
import { NO_VMA, PRIVATE_VMA, type Process, VMA_WRITE } from './process.ts';

/**
 * Layer 5, the complete kernel: CPU and kernel accesses, and the system calls that the layers below do not already
 * contain. The layers are Memory, AddressSpaces, FaultsAndMigration, LargeFolios and Kernel, each a subclass of the one before. Every
 * step that could be implemented incorrectly is a small method, so that a planted bug overrides a few lines.
 */
export class Kernel extends LargeFolios {
  swapAreas = 0;

  // CPU accesses

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

  // Accesses by the kernel to a user address

  kernelLoad(process: Process, index: number): Result {
    const pfn = this.kernelAccess(process, index, false);
    return pfn < 0 ? this.errorOf(pfn) : readPage(this.page(pfn));
  }

  kernelStore(process: Process, index: number, value: number): Result {
    // The window is in the fault of a device page; otherwise after the page is looked up, in racingStore.
    const lookUp = (): number => this.kernelAccess(process, index, true);
    const pfn = isDevice(process.entry(index)) ? lookUp() : this.withoutWindow(lookUp);
    if (pfn < 0) return this.errorOf(pfn);
    const page = this.page(pfn);
    if (this.concurrent === undefined) fillPage(page, value);
    else this.racingStore(page, value);
    return 'ok';
  }

  /** A window between look-up and store. The kernel pins the page, so the store reaches it even if it is unmapped. */
  protected racingStore(page: Page, value: number): void {
    this.getPage(page);
    this.runConcurrent();
    fillPage(page, value);
    this.putPage(page);
  }

  protected kernelAccess(process: Process, index: number, write: boolean): number {
    return this.access(process, index, write);
  }

  /** A no-fault load: it fails if the page is not present. */
  nofaultLoad(process: Process, index: number): Result {
    if (!this.permits(process, index, false)) return 'EFAULT';
    const entry = process.entry(index);
    if (isPresent(entry)) return readPage(this.page(pfnOf(entry)));
    const readsZero = entry === NONE && process.kind(index) === PRIVATE_VMA;
    return readsZero && !this.trapsMissing(process, index) ? 0 : 'EFAULT';
  }

  // Populate and lock

  /** Faults the page in, for writing if the VMA is writable. */
  populate(process: Process, index: number): Result {
    if (process.kind(index) === NO_VMA) return 'ENOMEM';
    const pfn = this.access(process, index, this.populatesForWriting(process, index));
    return pfn < 0 ? this.errorOf(pfn) : 'ok';
  }

  protected populatesForWriting(process: Process, index: number): boolean {
    return process.protection(index) === VMA_WRITE;
  }

  /** The VMA is locked even if the page could not be populated. */
  lock(process: Process, index: number): Result {
    const result = this.populate(process, index);
    process.locked[index] = true;
    return result;
  }

  unlock(process: Process, index: number): void {
    process.locked[index] = false;
  }

  // Advice: it applies to present pages only

  advise(process: Process, index: number, advice: Advice): Result {
    if (advice !== 'move-node' && this.keepsLocked(process, index)) return 'EINVAL';
    const entry = process.entry(index);
    if (this.isAdvisable(entry)) this.advisePage(process, index, this.page(pfnOf(entry)), advice);
    return 'ok';
  }

  protected isAdvisable(entry: number): boolean {
    return isPresent(entry);
  }

  /** There is one memory node and nothing is swapped out, so advice has an effect only if it lets a page be dropped. */
  protected advisePage(process: Process, index: number, page: Page, advice: Advice): void {
    if (advice === 'free') this.adviseFree(page);
    else if (advice === 'page-out' && this.mayDrop(process, index, page)) this.zapEntry(process, index);
  }

  protected adviseFree(page: Page): void {
    if (page.maps === 1) page.lazyFree = true;
  }

  /** Whether a page may be dropped. One that userfaultfd write-protects stays, so that no store to it is missed. */
  protected mayDrop(process: Process, index: number, page: Page): boolean {
    return page.lazyFree && !this.isPinned(page) && !isWatched(process.entry(index));
  }

  // Queries: they fault nothing in and change nothing

  pageMap(process: Process, index: number): Result {
    const entry = process.entry(index);
    if (entry === NONE) return 'absent';
    if (isPresent(entry)) return 'present';
    return this.isSoleMapper(entry) ? 'special-sole' : 'special';
  }

  /** Whether the page map shows that the page has no other entry. */
  protected isSoleMapper(entry: number): boolean {
    return this.profile.tellsSoleMapper && this.namesPage(entry) && this.page(pfnOf(entry)).maps === 1;
  }

  residency(process: Process, index: number): Result {
    if (process.kind(index) === NO_VMA) return 'ENOMEM';
    return this.isResident(process.entry(index)) ? 1 : 0;
  }

  /** Every entry except an empty one counts as resident, also one that is not present. */
  protected isResident(entry: number): boolean {
    return entry !== NONE;
  }

  /** The number of private pages of a process, counted from its entries. */
  smaps(process: Process): number {
    let pages = 0;
    for (let index = 0; index < this.scope.pages; index++) {
      if (this.isCounted(process.entry(index))) pages++;
    }
    return pages;
  }

  protected isCounted(entry: number): boolean {
    if (isPresent(entry)) return isAnonymous(this.page(pfnOf(entry)));
    return isDevice(entry) || isExclusiveEntry(entry);
  }

  // Control groups

  setLimit(group: number, limit: Limit): void {
    this.groups.limits[group] = limit === 'none' ? NO_LIMIT : limit;
  }

  chargeOf(group: number): number {
    return this.groups.chargeOf(group);
  }

  /** Moves a process to a group, and in some versions the charges of its pages. */
  join(process: Process, group: number): void {
    process.group = group;
    for (let index = 0; index < this.scope.pages; index++) {
      const entry = process.entry(index);
      const pfn = pfnOf(entry);
      if (pfn === 0 || isMigration(entry)) continue;
      const page = this.page(pfn);
      if (isAnonymous(page) && this.followsOwner(page)) this.recharge(page, group);
    }
  }

  /** Whether the charge of a page moves with its process. The charge of a shared page never does. */
  protected followsOwner(page: Page): boolean {
    const { joinMoves } = this.profile;
    if (joinMoves === 'nothing' || page.maps !== 1) return false;
    return joinMoves === 'all' || page.pagemap === undefined;
  }

  protected recharge(page: Page, group: number): void {
    this.uncharge(page);
    this.charge(page, group);
  }

  // Swap areas

  /** Enables as many areas as there are free swap types; returns their number. */
  swapOn(areas: number): number {
    const accepted = Math.min(areas, this.swapLimit() - this.swapAreas);
    this.swapAreas += accepted;
    return accepted;
  }

  protected swapLimit(): number {
    return usableSwapTypes(this.profile.name);
  }

  // For drivers and worlds

  /** Replaces an entry by poison: this process has lost the page. Other processes keep their entries. */
  poisonEntry(process: Process, index: number): void {
    const page = this.page(pfnOf(process.entry(index)));
    process.entries[index] = POISON_ENTRY;
    this.addRss(process, -1);
    this.dropEntryOf(page);
  }

  /** Copies the state of a kernel with the same profile and world size to this one. */
  copyFrom(other: Kernel): void {
    this.copyMappings(other);
    this.swapAreas = other.swapAreas;
    this.givesUpWithoutMemory = other.givesUpWithoutMemory;
    this.watchesUnpopulated = other.watchesUnpopulated;
    for (const [slot, pfn] of other.pins.entries()) this.pins[slot] = pfn;
  }
}

/** The class itself, or a subclass with a planted bug. */
export type KernelClass = new (profile: Profile, scope: Scope) => Kernel;
