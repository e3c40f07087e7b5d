import type { Profile } from '../../spec/profiles/profile.ts';
import type { QueryResult, Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import {
  cleaned,
  dirtied,
  exclusiveEntry,
  isDevice,
  isExclusiveEntry,
  isMigration,
  isPresent,
  isSoftDirty,
  isWatched,
  isWritable,
  makeDeviceEntry,
  NONE,
  pfnOf,
  POISON_ENTRY,
  presentEntry,
  readOnly,
  trackedLike,
  unwatched,
  watched,
  writable,
} from './entry.ts';
import { copyPage, isAnonymous, Memory, type Page, PAGEMAP_PRIVATE } from './memory.ts';
import {
  BlockProcess,
  HOST_VMA,
  INHERIT_NONE,
  INHERIT_ZERO,
  MAY_NOTHING,
  NO_VMA,
  Process,
  SHARED_VMA,
  VMA_WRITE,
  WATCH_NOTHING,
  WATCH_STORES,
  WATCH_UNPOPULATED,
} from './process.ts';

/**
 * Layer 2 of the kernel: processes, their mappings and page-table entries; moving and inheriting them; soft-dirty and
 * userfaultfd tracking.
 */
export class AddressSpaces extends Memory {
  readonly processes: Process[] = [];
  /** Whether userfaultfd write-protection also holds on an unpopulated page. */
  watchesUnpopulated = false;

  constructor(profile: Profile, scope: Scope) {
    super(profile, scope);
    const { block } = this;
    for (let slot = 0; slot < scope.processes; slot++) {
      const process =
        block === 1 ? new Process(slot, scope.pages) : new BlockProcess(slot, scope.pages, block);
      this.processes.push(process);
    }
  }

  // Processes

  process(slot: number): Process {
    const process = this.processes[slot];
    if (process === undefined) throw new RangeError(`there is no process slot ${slot}`);
    return process;
  }

  spawn(process: Process): void {
    process.alive = true;
    process.group = 0;
  }

  exit(process: Process): void {
    for (let index = 0; index < this.scope.pages; index++) this.unmapAtExit(process, index);
    process.alive = false;
  }

  /** Unmaps a page of a process that ends; its pages are unmapped in their order. */
  protected unmapAtExit(process: Process, index: number): void {
    this.unmap(process, index);
  }

  protected addRss(process: Process, pages: number): void {
    process.rss += pages;
  }

  // Mappings

  map(process: Process, index: number, kind: number, protection: number): void {
    process.setVma(index, kind, protection, index);
    if (kind === HOST_VMA) this.mapPermanent(process, index, this.hostPage(index));
    else if (kind === SHARED_VMA) this.mapPermanent(process, index, this.sharedPage(index));
  }

  /** Host and shared memory is populated when it is mapped; no fault is needed. */
  protected mapPermanent(process: Process, index: number, page: Page): void {
    this.getPage(page);
    page.maps++;
    process.entries[index] = presentEntry(page.pfn, process.protection(index) === VMA_WRITE);
  }

  unmap(process: Process, index: number): void {
    this.zapEntry(process, index);
    process.setVma(index, NO_VMA, MAY_NOTHING, index);
  }

  discard(process: Process, index: number): Result {
    if (this.keepsLocked(process, index)) return 'EINVAL';
    if (!this.isPermanent(process, index)) this.zapEntry(process, index);
    if (process.watch(index) === WATCH_UNPOPULATED) process.watches[index] = WATCH_NOTHING;
    return 'ok';
  }

  /** Whether a lock prevents the page from being discarded. */
  protected keepsLocked(process: Process, index: number): boolean {
    return process.isLocked(index);
  }

  /** Whether the page exists independently of its mappings. */
  protected isPermanent(process: Process, index: number): boolean {
    const kind = process.kind(index);
    return kind === HOST_VMA || kind === SHARED_VMA;
  }

  protect(process: Process, index: number, protection: number): void {
    const before = process.protection(index);
    if (protection === before && this.profile.sameProtectionIsQuiet) return;
    process.protections[index] = protection;
    const entry = this.isUnlocked(process) ? this.entryAfterConcurrent(process, index) : process.entry(index);
    if (process.kind(index) !== NO_VMA) process.entries[index] = this.protectedEntry(entry, protection);
  }

  /** The entry after a protect. It removes write access; only a write fault restores it. */
  protected protectedEntry(entry: number, protection: number): number {
    if (isDevice(entry)) return this.downgradedEntry(entry);
    return isPresent(entry) && protection !== VMA_WRITE ? readOnly(entry) : entry;
  }

  // Entries

  /** The READ form of a device entry. Replacing a WRITE entry loses the soft-dirty bit and keeps the userfaultfd bit. */
  protected downgradedEntry(entry: number): number {
    if (!isWritable(entry)) return entry;
    const read = makeDeviceEntry(pfnOf(entry), false);
    return isWatched(entry) ? watched(read) : read;
  }

  /** An entry for a page: a device entry for memory that the CPU cannot address, else a present one. */
  protected entryFor(page: Page, write: boolean): number {
    return page.pagemap?.type === PAGEMAP_PRIVATE
      ? makeDeviceEntry(page.pfn, write)
      : presentEntry(page.pfn, write);
  }

  protected namesPage(entry: number): boolean {
    return isPresent(entry) || isDevice(entry) || isExclusiveEntry(entry);
  }

  /** Clears an entry. It calls no page_fault, because content that is no longer mapped need not be migrated. */
  protected zapEntry(process: Process, index: number): void {
    const entry = this.isUnlocked(process) ? this.entryAfterConcurrent(process, index) : process.entry(index);
    if (entry === NONE) return;
    process.entries[index] = NONE;
    if (isPresent(entry)) this.zapPresent(process, index, entry);
    else if (isDevice(entry)) this.zapDevice(process, index, entry);
    else if (isExclusiveEntry(entry)) this.zapExclusive(process, index, entry);
    // Only the migration holds the page of a migration entry. A poison entry has no page.
    else if (isMigration(entry)) this.addRss(process, -1);
  }

  protected zapPresent(process: Process, _index: number, entry: number): void {
    const page = this.page(pfnOf(entry));
    if (isAnonymous(page)) this.addRss(process, -1);
    this.dropEntryOf(page);
  }

  protected zapDevice(process: Process, _index: number, entry: number): void {
    this.addRss(process, -1);
    this.dropEntryOf(this.page(pfnOf(entry)));
  }

  protected zapExclusive(process: Process, _index: number, entry: number): void {
    this.addRss(process, -1);
    this.dropEntryOf(this.page(pfnOf(entry)));
  }

  /** Drops the map count of a removed entry, then its reference, which may be the last one. */
  protected dropEntryOf(page: Page): void {
    this.removeMap(page);
    this.putPage(page);
  }

  // Device-exclusive entries

  /** Makes the entry of a page device-exclusive after a write access. Map count and references do not change. */
  makeExclusive(process: Process, index: number): void {
    const entry = process.entry(index);
    process.entries[index] = trackedLike(exclusiveEntry(pfnOf(entry)), entry);
  }

  /** Makes the entry present again, which ends the exclusive access. */
  protected restoreExclusive(process: Process, index: number, entry: number): void {
    const page = this.page(pfnOf(entry));
    const restored = presentEntry(page.pfn, this.mayWriteRestored(process, index, entry, page));
    process.entries[index] = trackedLike(restored, entry);
  }

  protected mayWriteRestored(process: Process, index: number, entry: number, page: Page): boolean {
    return process.protection(index) === VMA_WRITE && page.maps === 1 && !isWatched(entry);
  }

  // Reverse mapping

  /** Whether the entry of a process at this index contains the page frame number. */
  mapsFrame(slot: number, index: number, pfn: number): boolean {
    return pfnOf(this.process(slot).entry(index)) === pfn;
  }

  /** Reverse mapping: the index at which the process maps the page, in a VMA with the page's offset; -1 for none. */
  protected indexInVma(process: Process, page: Page): number {
    const { pfn } = page;
    const offset = this.offsetOf(page);
    // Unless the VMA was moved, index and offset are equal.
    if (pfnOf(process.entry(offset)) === pfn && process.offset(offset) === offset) return offset;
    for (let index = 0; index < this.scope.pages; index++) {
      if (process.offset(index) === offset && pfnOf(process.entry(index)) === pfn) return index;
    }
    return -1;
  }

  // Windows for a concurrent command

  /** Whether the concurrent command may run while entries of this process are used. */
  protected isUnlocked(process: Process): boolean {
    return this.concurrent !== undefined && this.concurrent.changes !== process.slot;
  }

  /** A window between reading an entry and acting on it: returns the entry read again. */
  protected entryAfterConcurrent(process: Process, index: number): number {
    this.runConcurrent();
    return process.entry(index);
  }

  // Move

  move(process: Process, index: number, to: number, keep: boolean): void {
    const kind = process.kind(index);
    const protection = process.protection(index);
    const locked = process.isLocked(index);
    process.setVma(to, kind, protection, this.movedOffset(process, index, to));
    process.locked[to] = locked;
    process.inheritances[to] = this.movedInheritance(process, index);
    this.moveEntry(process, index, to);
    if (keep) process.locked[index] = false;
    // No command may find the source mapped but unpopulated.
    else this.withoutWindow(() => this.unmap(process, index));
  }

  /** A VMA keeps its page offset, because reverse mapping finds its pages by it. */
  protected movedOffset(process: Process, index: number, _to: number): number {
    return process.offset(index);
  }

  protected movedInheritance(process: Process, index: number): number {
    return process.inheritance(index);
  }

  protected moveEntry(process: Process, index: number, to: number): void {
    process.entries[to] = this.movedEntry(this.entryToMove(process, index));
    process.entries[index] = NONE;
  }

  /** A window between moving the VMA and moving its entries, for commands that find pages by frame. */
  protected entryToMove(process: Process, index: number): number {
    const isOpen = this.concurrent !== undefined && this.concurrent.walks !== process.slot;
    return isOpen ? this.entryAfterConcurrent(process, index) : process.entry(index);
  }

  /** The entry at its new index. A moved page is soft-dirty. */
  protected movedEntry(entry: number): number {
    return isPresent(entry) || isDevice(entry) || isExclusiveEntry(entry) ? dirtied(entry) : entry;
  }

  // Soft-dirty tracking

  clearSoftDirty(process: Process): void {
    for (let index = 0; index < this.scope.pages; index++) {
      process.fresh[index] = false;
      this.cleanPage(process, index);
    }
  }

  protected cleanPage(process: Process, index: number): void {
    process.entries[index] = this.cleanEntry(process.entry(index));
  }

  /** Empty, poison and migration entries are not changed. */
  protected cleanEntry(entry: number): number {
    return this.namesPage(entry) ? cleaned(entry) : entry;
  }

  softDirty(process: Process, index: number): QueryResult {
    return process.isFresh(index) || isSoftDirty(process.entry(index)) ? 'dirty' : 'clean';
  }

  /** Called before a store to a page in system memory: the page becomes soft-dirty and is no longer lazy-free. */
  protected noteStore(process: Process, index: number): void {
    const entry = process.entry(index);
    if (!isPresent(entry)) return;
    process.entries[index] = dirtied(entry);
    this.page(pfnOf(entry)).lazyFree = false;
  }

  // userfaultfd

  watch(process: Process, index: number, watch: number): void {
    const entry = process.entry(index);
    const isOnUnpopulated = watch === WATCH_STORES && entry === NONE && this.watchesUnpopulated;
    process.watches[index] = isOnUnpopulated ? WATCH_UNPOPULATED : watch;
    if (!this.namesPage(entry)) return;
    process.entries[index] =
      watch === WATCH_STORES ? this.watchedEntry(entry) : this.unwatchedEntry(process, index, entry);
  }

  /** Write-protection makes the entry read-only, so that a store faults. An exclusive entry always faults. */
  protected watchedEntry(entry: number): number {
    return isExclusiveEntry(entry) ? watched(entry) : watched(readOnly(entry));
  }

  /** Restores write access of a present entry; a device entry stays READ. */
  protected unwatchedEntry(process: Process, index: number, entry: number): number {
    if (!isWatched(entry)) return entry;
    const bare = unwatched(entry);
    const wasWritable = isPresent(entry) && process.protection(index) === VMA_WRITE;
    return wasWritable && this.page(pfnOf(entry)).maps === 1 ? writable(bare) : bare;
  }

  // Fork

  setInheritance(process: Process, index: number, inheritance: number): void {
    process.inheritances[index] = inheritance;
  }

  /** The child inherits the mappings. Private pages are shared until a store. */
  fork(parent: Process, child: Process): void {
    child.alive = true;
    child.group = parent.group;
    for (let index = 0; index < this.scope.pages; index++) {
      if (!this.passesMapping(parent, index)) continue;
      // Locks and userfaultfd registrations are not inherited.
      child.setVma(index, parent.kind(index), parent.protection(index), parent.offset(index));
      child.fresh[index] = parent.isFresh(index);
      child.inheritances[index] = this.childInheritance(parent, index);
      if (this.passesPages(parent, index)) this.forkEntry(parent, child, index);
    }
  }

  /** Whether the child inherits the VMA. */
  protected passesMapping(parent: Process, index: number): boolean {
    return parent.inheritance(index) !== INHERIT_NONE;
  }

  /** Whether the child inherits the pages of the VMA. If not, the entries of the parent do not change either. */
  protected passesPages(parent: Process, index: number): boolean {
    return parent.inheritance(index) !== INHERIT_ZERO;
  }

  protected childInheritance(parent: Process, index: number): number {
    return parent.inheritance(index);
  }

  /** Whether there is a window: the concurrent command may run unless it needs the mappings of the parent. */
  protected isOpenTo(parent: Process): boolean {
    return this.concurrent !== undefined && this.concurrent.needs !== parent.slot;
  }

  protected forkEntry(parent: Process, child: Process, index: number): void {
    let entry = parent.entry(index);
    if (entry === NONE) return;
    if (isDevice(entry) && this.isOpenTo(parent)) entry = this.entryAfterConcurrent(parent, index);
    if (isPresent(entry)) this.forkPresent(parent, child, index, entry);
    else if (isDevice(entry)) this.forkDevice(parent, child, index, entry);
    else if (isExclusiveEntry(entry)) this.forkExclusive(parent, child, index, entry);
    else if (entry === POISON_ENTRY) child.entries[index] = entry;
  }

  protected forkPresent(parent: Process, child: Process, index: number, entry: number): void {
    const page = this.page(pfnOf(entry));
    if (!isAnonymous(page)) this.forkPermanent(child, index, entry, page);
    else if (this.copiesAtFork(page)) this.forkCopy(child, index, entry, page);
    else {
      this.shareWithChild(child, index, page);
      parent.entries[index] = this.parentEntry(entry);
      child.entries[index] = this.childEntry(entry);
    }
  }

  /** A device entry is shared like a present one: READ in both processes. */
  protected forkDevice(parent: Process, child: Process, index: number, entry: number): void {
    this.shareWithChild(child, index, this.page(pfnOf(entry)));
    parent.entries[index] = this.parentEntry(entry);
    child.entries[index] = this.childEntry(entry);
  }

  /** A fork ends exclusive access, because a shared page cannot be exclusive. */
  protected forkExclusive(parent: Process, child: Process, index: number, entry: number): void {
    this.restoreExclusive(parent, index, entry);
    this.forkPresent(parent, child, index, parent.entry(index));
  }

  protected shareWithChild(child: Process, index: number, page: Page): void {
    this.getPage(page);
    this.addMap(page, child.offset(index));
    this.addRss(child, 1);
    // The advice of the parent does not apply to the child.
    page.lazyFree = false;
  }

  /** The entry of the parent after sharing. */
  protected parentEntry(entry: number): number {
    return isDevice(entry) ? this.downgradedEntry(entry) : readOnly(entry);
  }

  /** The entry of the child: the same without userfaultfd write-protection. */
  protected childEntry(entry: number): number {
    return unwatched(isDevice(entry) ? this.downgradedEntry(entry) : readOnly(entry));
  }

  /** Host memory, shared memory and pages of files stay shared. */
  protected forkPermanent(child: Process, index: number, entry: number, page: Page): void {
    this.getPage(page);
    page.maps++;
    child.entries[index] = entry;
  }

  /** A pinned page is copied: if it were shared, a store by the parent would move the parent away from the pinned page. */
  protected copiesAtFork(page: Page): boolean {
    return this.profile.forkCopiesPinned && this.isPinned(page);
  }

  /** The copy is charged without checking the limit, because a fork that has started to copy entries does not fail. */
  protected forkCopy(child: Process, index: number, entry: number, page: Page): void {
    const copy = this.allocPage();
    copyPage(page, copy);
    this.charge(copy, child.group);
    this.addMap(copy, child.offset(index));
    this.addRss(child, 1);
    const own = presentEntry(copy.pfn, child.protection(index) === VMA_WRITE);
    child.entries[index] = unwatched(trackedLike(own, entry));
  }

  protected copyMappings(other: AddressSpaces): void {
    this.copyMemory(other);
    for (const process of this.processes) process.copyFrom(other.process(process.slot));
  }
}
