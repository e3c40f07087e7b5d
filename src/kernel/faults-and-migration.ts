import type { Profile } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { AddressSpaces } from './address-spaces.ts';
import {
  isDevice,
  isExclusiveEntry,
  isMigration,
  isPresent,
  isWatched,
  isWritable,
  migrationEntry,
  NONE,
  pfnOf,
  presentEntry,
  trackedLike,
  writable,
} from './entry.ts';
import {
  copyPage,
  FAULT_DONE,
  FAULT_OOM,
  FAULT_SIGBUS,
  type FaultResult,
  fillPage,
  isAnonymous,
  NO_GROUP,
  type Page,
  PAGEMAP_PRIVATE,
  readPage,
} from './memory.ts';
import {
  FILE_VMA,
  PRIVATE_VMA,
  type Process,
  VMA_READ,
  VMA_WRITE,
  WATCH_MISSING,
  WATCH_UNPOPULATED,
} from './process.ts';
import { FROM_DEVICE, FROM_SYSTEM, type MigrateBatch, type Selection } from './migrate-batch.ts';

/** Results of an access that finds no page. They are negative, so that they differ from page frame numbers. */
const ACCESS_SIGSEGV = -1;
export const ACCESS_SIGBUS = -2;
export const ACCESS_OOM = -3;
/** userfaultfd reports the access, which has no effect. */
export const ACCESS_TRAPPED = -4;
/** Not a final result: the entry has changed and must be read again. */
const ACCESS_RETRY = -5;

/** An access with this many faults in a row is a livelock. */
const MAX_FAULTS = 64;

/** An access faults again and again without progress. */
export class Livelock extends Error {
  override readonly name = 'Livelock';
}

/** An unused pin slot. */
const NO_PIN = 0;
/** A read pin of the zero page, whose page frame number is 0. Its references are not counted. */
const PIN_OF_ZEROS = -1;

/** Layer 3 of the kernel: the fault path, migration and pins. */
export class FaultsAndMigration extends AddressSpaces {
  /** Whether an access fails if no system page can be allocated for a device page, or faults again until it can. */
  givesUpWithoutMemory = true;
  /** The page frame number that each slot pins. */
  readonly pins: number[] = [];

  constructor(profile: Profile, scope: Scope) {
    super(profile, scope);
    for (let slot = 0; slot < scope.slots; slot++) this.pins.push(NO_PIN);
  }

  // Fault path

  /** The page frame number that the CPU may access, after the necessary faults; or one of the results above. */
  access(process: Process, index: number, write: boolean): number {
    for (let faults = 0; faults < MAX_FAULTS; faults++) {
      if (!this.permits(process, index, write)) return ACCESS_SIGSEGV;
      const entry = process.entry(index);
      let got = ACCESS_RETRY;
      if (isPresent(entry) && (!write || isWritable(entry))) got = pfnOf(entry);
      else if (this.concurrent !== undefined && this.isLate(process, index, entry, write)) continue;
      else got = this.fault(process, index, entry, write);
      if (got === ACCESS_RETRY) continue;
      if (write && got > 0) this.noteStore(process, index);
      return got;
    }
    throw new Livelock(`process ${process.slot} faults for ever at page ${index}`);
  }

  /** A window in a fault: whether the entry or the protection changed, so that the access must start again. */
  protected isLate(process: Process, index: number, entry: number, write: boolean): boolean {
    // The window of a device fault is at the call of the driver.
    if (isDevice(entry)) return false;
    this.runConcurrent();
    return process.entry(index) !== entry || !this.permits(process, index, write);
  }

  protected permits(process: Process, index: number, write: boolean): boolean {
    return process.protection(index) >= (write ? VMA_WRITE : VMA_READ);
  }

  protected fault(process: Process, index: number, entry: number, write: boolean): number {
    if (isPresent(entry)) return this.writeFault(process, index, entry);
    if (entry === NONE) return this.noneFault(process, index, write);
    if (isDevice(entry)) return this.afterDeviceFault(this.deviceFault(process, index, entry));
    if (isExclusiveEntry(entry)) return this.exclusiveFault(process, index, entry);
    // Poison; or the entry of a migration that never ends, for which a fault must not wait.
    return ACCESS_SIGBUS;
  }

  protected noneFault(process: Process, index: number, write: boolean): number {
    if (this.trapsMissing(process, index) || (write && this.trapsUnpopulated(process, index))) {
      return ACCESS_TRAPPED;
    }
    return process.kind(index) === FILE_VMA
      ? this.fileFault(process, index)
      : this.unpopulatedFault(process, index, write);
  }

  protected trapsUnpopulated(process: Process, index: number): boolean {
    return process.watch(index) === WATCH_UNPOPULATED;
  }

  protected trapsMissing(process: Process, index: number): boolean {
    return process.watch(index) === WATCH_MISSING;
  }

  /** Maps the page of the file read-only; a store then copies it. */
  protected fileFault(process: Process, index: number): number {
    const page = this.filePage(index);
    this.getPage(page);
    page.maps++;
    process.entries[index] = presentEntry(page.pfn, false);
    return ACCESS_RETRY;
  }

  /** A load of an unpopulated page reads the zero page, whose page frame number is 0, and allocates nothing. */
  protected unpopulatedFault(process: Process, index: number, write: boolean): number {
    if (!write) return 0;
    if (!this.mayCharge(process.group)) return ACCESS_OOM;
    const page = this.allocPage();
    fillPage(page, 0);
    this.charge(page, process.group);
    this.addMap(page, process.offset(index));
    this.addRss(process, 1);
    process.entries[index] = presentEntry(page.pfn, true);
    return page.pfn;
  }

  /** The CPU cannot address the page, so the driver must migrate it to system memory. */
  protected deviceFault(process: Process, index: number, entry: number): FaultResult {
    const page = this.page(pfnOf(entry));
    if (this.concurrent === undefined) return this.callPageFault(process, index, page);
    return this.profile.faultLocksPage
      ? this.lockedDeviceFault(process, index, page)
      : this.racingDeviceFault(process, index, page);
  }

  protected callPageFault(process: Process, index: number, page: Page): FaultResult {
    return page.pagemap?.pageFault?.(process.slot, index, page) ?? FAULT_SIGBUS;
  }

  /**
   * A window between reading the entry and calling the driver. A reference keeps the frame from being freed and reused
   * meanwhile. A detach waits for such references, so it runs before the reference is taken.
   */
  protected racingDeviceFault(process: Process, index: number, page: Page): FaultResult {
    // A reference would keep a large folio from being split.
    if (this.concurrent?.drains === true || page.head.size > 1) {
      this.runConcurrent();
      return this.callPageFault(process, index, page);
    }
    this.getPage(page);
    this.runConcurrent();
    const result = this.callPageFault(process, index, page);
    this.putPage(page);
    return result;
  }

  /**
   * A fault that locks its page before it calls the driver. A concurrent access to the page waits for the lock, and a
   * concurrent migration either has migrated the page before or skips it. Other commands do not need the lock.
   */
  protected lockedDeviceFault(process: Process, index: number, page: Page): FaultResult {
    const { concurrent } = this;
    if (concurrent === undefined) return this.callPageFault(process, index, page);
    if (this.waitsForLock(page)) {
      const result = this.withoutWindow(() => this.callPageFault(process, index, page));
      this.runConcurrent();
      return result;
    }
    if (!concurrent.migrates) return this.racingDeviceFault(process, index, page);
    this.runConcurrent();
    // The entry is read again under the lock; the access is retried if it has changed.
    return this.mapsFrame(process.slot, index, page.pfn)
      ? this.callPageFault(process, index, page)
      : FAULT_DONE;
  }

  /** Whether the concurrent command accesses the page. */
  protected waitsForLock(page: Page): boolean {
    const accesses = this.concurrent?.accesses;
    return accesses !== undefined && this.mapsFrame(accesses.process, accesses.index, page.pfn);
  }

  protected afterDeviceFault(result: FaultResult): number {
    if (result === FAULT_DONE) return ACCESS_RETRY;
    if (result === FAULT_OOM) return this.givesUpWithoutMemory ? ACCESS_OOM : ACCESS_RETRY;
    return ACCESS_SIGBUS;
  }

  protected exclusiveFault(process: Process, index: number, entry: number): number {
    this.restoreExclusive(process, index, entry);
    return ACCESS_RETRY;
  }

  /** A store through a read-only entry where the VMA allows writing. */
  protected writeFault(process: Process, index: number, entry: number): number {
    if (isWatched(entry)) return ACCESS_TRAPPED;
    const page = this.page(pfnOf(entry));
    if (!this.isPermanent(process, index) && this.isShared(page))
      return this.breakSharing(process, index, page);
    process.entries[index] = writable(entry);
    return page.pfn;
  }

  /** Whether the page has other private mappings or belongs to a file. */
  protected isShared(page: Page): boolean {
    return page.maps + page.head.wholeMaps > 1 || !isAnonymous(page);
  }

  /** Copy-on-write: the process gets a copy of the page. Pins stay on the old page. */
  protected breakSharing(process: Process, index: number, old: Page): number {
    if (!this.mayCharge(process.group)) return ACCESS_OOM;
    const page = this.allocPage();
    copyPage(old, page);
    this.charge(page, process.group);
    this.addMap(page, process.offset(index));
    if (!isAnonymous(old)) this.addRss(process, 1);
    process.entries[index] = presentEntry(page.pfn, true);
    this.dropEntryOf(old);
    return page.pfn;
  }

  // Migration, phase 1: `migrateSetup` collects pages and replaces all their entries by migration entries. The driver
  // then allocates destinations and copies. `migratePages` transfers the identity of each page. `migrateFinalize`
  // restores the entries, to the new page or the old one. Between setup and finalize the pages cannot be accessed.

  migrateSetup(
    batch: MigrateBatch,
    process: Process,
    start: number,
    count: number,
    from: Selection,
    compound = false,
  ): void {
    batch.begin(process, start, count);
    batch.compound = compound;
    for (let i = 0; i < count; i++) this.collect(batch, i, process, start + i, from);
    if (this.concurrent !== undefined && (from === FROM_SYSTEM || !this.concurrent.drains))
      this.runConcurrentIn(batch);
    this.unmapCollected(batch);
  }

  /** Collects one page by frame, without reading a page table. */
  migrateSetupPage(batch: MigrateBatch, page: Page): void {
    batch.begin(undefined, page.index, 1);
    this.collectPage(batch, 0, page);
    if (this.concurrent?.drains === false) this.runConcurrentIn(batch);
    this.unmapCollected(batch);
  }

  /** A window between collecting pages and unmapping them: pages that changed are not migrated. */
  protected runConcurrentIn(batch: MigrateBatch): void {
    const { maps } = this.page(batch.source(0));
    this.inProgress = batch;
    this.runConcurrent();
    for (let i = 0; i < batch.count; i++) {
      if (batch.isMigrating(i) && !this.isStillThere(batch, i, maps)) batch.giveUp(i);
    }
    this.inProgress = undefined;
  }

  /** Whether a collected page is still mapped as before; for a page selected by frame, whether it lost no entry. */
  protected isStillThere(batch: MigrateBatch, i: number, maps: number): boolean {
    const { process } = batch;
    const pfn = batch.source(i);
    if (process === undefined) return this.page(pfn).maps >= maps;
    const index = batch.start + i;
    if (pfn !== 0)
      return this.mapsFrame(process.slot, index, pfn) && this.isStillFree(process.entry(index), pfn);
    return process.entry(index) === NONE && this.isCollectable(process, index);
  }

  /** Whether a collected page was neither pinned nor made device-exclusive meanwhile. */
  protected isStillFree(entry: number, pfn: number): boolean {
    return isDevice(entry) || (isPresent(entry) && this.mayMove(this.page(pfn)));
  }

  protected collect(batch: MigrateBatch, i: number, process: Process, index: number, from: Selection): void {
    if (!this.isCollectable(process, index)) return;
    const entry = process.entry(index);
    if (from === FROM_DEVICE) {
      if (isDevice(entry)) this.collectOwn(batch, i, this.page(pfnOf(entry)));
    } else if (entry === NONE) {
      if (this.unpopulatedMayMove(process, index)) batch.collect(i, 0);
    } else if (isPresent(entry)) {
      const page = this.page(pfnOf(entry));
      if (this.isMovable(page) && this.mayMove(page)) this.collectPage(batch, i, page);
    } else if (isDevice(entry)) this.collectJoined(batch, i, this.page(pfnOf(entry)));
  }

  /** A page of another device of the same owner is migrated directly. */
  protected collectJoined(batch: MigrateBatch, i: number, page: Page): void {
    const { pagemap } = page;
    if (pagemap !== batch.owner && pagemap?.owner === batch.owner.owner) this.collectPage(batch, i, page);
  }

  /** Only private mappings migrate: anonymous memory, and copied pages of a private file mapping. */
  protected isCollectable(process: Process, index: number): boolean {
    const kind = process.kind(index);
    return kind === PRIVATE_VMA || kind === FILE_VMA;
  }

  /** An unpopulated page of a file is not zero. One that userfaultfd traps must be populated by its handler. */
  protected unpopulatedMayMove(process: Process, index: number): boolean {
    const isTrapped = this.trapsMissing(process, index) || this.trapsUnpopulated(process, index);
    return process.kind(index) === PRIVATE_VMA && !isTrapped;
  }

  protected isMovable(page: Page): boolean {
    return isAnonymous(page);
  }

  /** A pinned page must not move. */
  protected mayMove(page: Page): boolean {
    return !this.isPinned(page);
  }

  /** A device can copy only from its own memory or that of its owner. */
  protected collectOwn(batch: MigrateBatch, i: number, page: Page): void {
    if (!this.profile.ownersMatter || page.pagemap?.owner === batch.owner.owner)
      this.collectPage(batch, i, page);
  }

  /** The migration takes a reference, so that the page is not freed while it is unmapped. */
  protected collectPage(batch: MigrateBatch, i: number, page: Page): void {
    this.getPage(page);
    batch.collect(i, page.pfn);
  }

  protected unmapCollected(batch: MigrateBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const pfn = batch.source(i);
      if (pfn === 0 || !batch.isMigrating(i)) continue;
      const page = this.page(pfn);
      this.unmapForMigration(page);
      if (page.folioMaps > 0) batch.giveUp(i);
    }
  }

  /** Replaces the entry of the page in every process by a migration entry. */
  protected unmapForMigration(page: Page): void {
    for (const process of this.processes) {
      const index = this.indexInVma(process, page);
      if (index < 0) continue;
      const entry = process.entry(index);
      if (isMigration(entry)) continue;
      process.entries[index] = this.migrationEntryFor(page, entry);
      this.dropEntryOf(page);
    }
  }

  /** The migration entry keeps the WRITE, soft-dirty and userfaultfd bits of the entry. */
  protected migrationEntryFor(page: Page, entry: number): number {
    return trackedLike(migrationEntry(page.pfn, isWritable(entry)), entry);
  }

  // Migration, phase 2

  /** Transfers the identity of each page to its destination. A page without a destination does not migrate. */
  migratePages(batch: MigrateBatch): void {
    for (let i = 0; i < batch.count; i++) if (batch.isMigrating(i)) this.migratePage(batch, i);
  }

  protected migratePage(batch: MigrateBatch, i: number): void {
    const to = batch.destination(i);
    const from = batch.source(i);
    if (to === 0) batch.giveUp(i);
    else if (from === 0) this.insertPage(batch, i, this.page(to));
    else this.moveIdentity(this.page(from), this.page(to));
  }

  /** Whether the limit allows to populate an unpopulated page of the process. */
  mayChargeUnpopulated(process: Process): boolean {
    return this.mayCharge(process.group);
  }

  /** Charges the frame of an unpopulated page. Other frames take over the charge of the migrated page. */
  chargeUnpopulated(process: Process, page: Page): void {
    this.charge(page, process.group);
  }

  /** Maps the frame of an unpopulated page. */
  protected insertPage(batch: MigrateBatch, i: number, page: Page): void {
    const { process } = batch;
    const index = batch.start + i;
    if (process === undefined || process.entry(index) !== NONE) {
      batch.giveUp(i);
      return;
    }
    this.getPage(page);
    this.addMap(page, process.offset(index));
    this.addRss(process, 1);
    process.entries[index] = this.entryFor(page, process.protection(index) === VMA_WRITE);
  }

  protected moveIdentity(from: Page, to: Page): void {
    to.mapping = from.mapping;
    to.index = from.index;
    this.moveCharge(from, to);
  }

  protected moveCharge(from: Page, to: Page): void {
    to.group = from.group;
    from.group = NO_GROUP;
  }

  // Migration, phase 3

  /** Restores the entries and drops every reference of the migration. */
  migrateFinalize(batch: MigrateBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const from = batch.source(i);
      const to = batch.destination(i);
      if (from !== 0) {
        const old = this.page(from);
        if (batch.isMigrating(i)) this.finishMoved(old, this.page(to));
        else this.finishSkipped(old);
      }
      // The driver's reference. It is the last one if the destination was not used.
      if (to !== 0) this.putPage(this.page(to));
    }
  }

  protected finishMoved(old: Page, page: Page): void {
    this.replaceMigrationEntries(old, page);
    this.putPage(old);
  }

  protected finishSkipped(old: Page): void {
    this.replaceMigrationEntries(old, old);
    this.putPage(old);
  }

  protected replaceMigrationEntries(old: Page, page: Page): void {
    for (const process of this.processes) {
      const index = this.indexInVma(process, old);
      if (index < 0) continue;
      const entry = process.entry(index);
      if (isMigration(entry)) this.replaceMigrationEntry(process, index, entry, page);
    }
  }

  protected replaceMigrationEntry(process: Process, index: number, entry: number, page: Page): void {
    this.getPage(page);
    this.addMap(page, process.offset(index));
    const write = isWritable(entry) && process.protection(index) === VMA_WRITE;
    process.entries[index] = this.trackedEntry(page, this.entryFor(page, write), entry);
  }

  /** The entry with the soft-dirty and userfaultfd bits of its migration entry. Early device entries cannot keep them. */
  protected trackedEntry(page: Page, made: number, entry: number): number {
    const forgets = page.pagemap?.type === PAGEMAP_PRIVATE && !this.profile.tracksThroughMigration;
    return forgets ? made : trackedLike(made, entry);
  }

  // Pins: references without a page-table entry, as for direct I/O or another device

  /** Pins a page of system memory for writing. */
  pin(process: Process, index: number, slot: number): Result {
    if (this.pins[slot] !== NO_PIN) return 'EBUSY';
    const pfn = this.pinnable(process, index);
    if (pfn < 0) return this.errorOf(pfn);
    if (this.wasTaken(slot)) return 'EBUSY';
    this.getPage(this.page(pfn));
    this.pins[slot] = pfn;
    return 'ok';
  }

  /** Whether a concurrent command has used the slot. */
  protected wasTaken(slot: number): boolean {
    return this.pins[slot] !== NO_PIN;
  }

  /** The page to pin for writing. The access migrates it to system memory. */
  protected pinnable(process: Process, index: number): number {
    return this.access(process, index, true);
  }

  pinForReading(process: Process, index: number, slot: number): Result {
    if (this.pins[slot] !== NO_PIN) return 'EBUSY';
    const pfn = this.readable(process, index);
    if (pfn < 0) return this.errorOf(pfn);
    if (pfn === 0) this.pins[slot] = PIN_OF_ZEROS;
    else this.holdForReading(pfn, slot);
    return 'ok';
  }

  protected holdForReading(pfn: number, slot: number): void {
    this.getPage(this.page(pfn));
    this.pins[slot] = pfn;
  }

  /** The page to pin for reading: the page that the process keeps after its next store. */
  protected readable(process: Process, index: number): number {
    const pfn = this.access(process, index, false);
    if (pfn <= 0 || !this.unshares(pfn)) return pfn;
    return this.unshare(process, index);
  }

  /** Whether the page is shared, so that a store by the process would copy it. */
  protected unshares(pfn: number): boolean {
    const page = this.page(pfn);
    return this.profile.readPinUnshares && isAnonymous(page) && this.isShared(page);
  }

  /** Copies the page as a store does, but leaves the entry read-only. */
  protected unshare(process: Process, index: number): number {
    const before = process.entry(index);
    const pfn = this.breakSharing(process, index, this.page(pfnOf(before)));
    if (pfn > 0) process.entries[index] = trackedLike(presentEntry(pfn, false), before);
    return pfn;
  }

  unpin(slot: number): Result {
    const pfn = this.pins[slot] ?? NO_PIN;
    if (pfn === NO_PIN) return 'EINVAL';
    if (pfn === PIN_OF_ZEROS) {
      this.pins[slot] = NO_PIN;
      return 0;
    }
    const page = this.page(pfn);
    const value = readPage(page);
    this.pins[slot] = NO_PIN;
    this.putPage(page);
    return value;
  }

  /** The error of a failed access by the kernel, which gets no signal. */
  errorOf(access: number): Result {
    if (access === ACCESS_TRAPPED) return 'trapped';
    return access === ACCESS_OOM ? 'ENOMEM' : 'EFAULT';
  }
}
