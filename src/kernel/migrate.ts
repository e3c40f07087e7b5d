import {
  isDevice,
  isMigration,
  isPresent,
  isWritable,
  migrationEntry,
  NONE,
  pfnOf,
  trackedLike,
} from './entry.ts';
import { FaultPath } from './fault.ts';
import type { MigrateBatch } from './migrate-batch.ts';
import { isAnonymous, NO_GROUP, type Page } from './page.ts';
import { PAGEMAP_PRIVATE } from './pagemap.ts';
import { FILE_VMA, VMA_WRITE, PRIVATE_VMA, type Process } from './process.ts';

/** Which pages a migration collects: those of system memory, and holes; */
export const FROM_SYSTEM = 0;
/** or those on the device. */
export const FROM_DEVICE = 1;
export type Selection = typeof FROM_SYSTEM | typeof FROM_DEVICE;

/**
 * Migration in three phases. `setup` collects pages and takes them out of every page table; then the driver finds
 * destinations and copies; `pages` hands each page's identity over; `finalize` puts entries back, to the new page or
 * to the old one. Between setup and finalize nobody can touch the pages.
 */
export class Migration extends FaultPath {
  migrateSetup(batch: MigrateBatch, process: Process, start: number, count: number, from: Selection): void {
    batch.begin(process, start, count);
    for (let i = 0; i < count; i++) this.collect(batch, i, process, start + i, from);
    if (this.concurrent !== undefined && (from === FROM_SYSTEM || !this.concurrent.drains))
      this.runConcurrentIn(batch);
    this.unmapCollected(batch);
  }

  /** Collects one page by itself, without a look at any mapping. */
  migrateSetupPage(batch: MigrateBatch, page: Page): void {
    batch.begin(undefined, page.index, 1);
    this.collectPage(batch, 0, page);
    if (this.concurrent?.drains === false) this.runConcurrentIn(batch);
    this.unmapCollected(batch);
  }

  /** A window between collecting pages and taking them out of the page tables: what is not as it was is left alone. */
  protected runConcurrentIn(batch: MigrateBatch): void {
    const { maps } = this.page(batch.source(0));
    this.inProgress = batch;
    this.runConcurrent();
    for (let i = 0; i < batch.count; i++) {
      if (batch.isMigrating(i) && !this.isStillThere(batch, i, maps)) batch.giveUp(i);
    }
    this.inProgress = undefined;
  }

  /** Whether a page is where it was collected. One that was taken by its frame has lost none of its entries. */
  protected isStillThere(batch: MigrateBatch, i: number, maps: number): boolean {
    const { process } = batch;
    const pfn = batch.source(i);
    if (process === undefined) return this.page(pfn).maps >= maps;
    const index = batch.start + i;
    if (pfn !== 0) return this.sees(process.slot, index, pfn) && this.isStillFree(process.entry(index), pfn);
    return process.entry(index) === NONE && this.isCollectable(process, index);
  }

  /** Whether a page that was collected has not been pinned, or given to a device alone, since. */
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

  /** A page of another device of the same owner moves from there. */
  protected collectJoined(batch: MigrateBatch, i: number, page: Page): void {
    const { pagemap } = page;
    if (pagemap !== batch.owner && pagemap?.owner === batch.owner.owner) this.collectPage(batch, i, page);
  }

  /** Only private memory moves: anonymous memory, and what was stored to in a private mapping of a file. */
  protected isCollectable(process: Process, index: number): boolean {
    const kind = process.kind(index);
    return kind === PRIVATE_VMA || kind === FILE_VMA;
  }

  /** A hole of a file is no page of zeros; and whoever watches for missing pages fills them in himself. */
  protected unpopulatedMayMove(process: Process, index: number): boolean {
    const isWatched = this.trapsMissing(process, index) || this.trapsUnpopulated(process, index);
    return process.kind(index) === PRIVATE_VMA && !isWatched;
  }

  protected isMovable(page: Page): boolean {
    return isAnonymous(page);
  }

  /** Somebody who pinned the page goes on using it where it is. */
  protected mayMove(page: Page): boolean {
    return !this.isPinned(page);
  }

  /** A device knows how to copy from its own memory, not from another's. */
  protected collectOwn(batch: MigrateBatch, i: number, page: Page): void {
    if (!this.profile.ownersMatter || page.pagemap?.owner === batch.owner.owner)
      this.collectPage(batch, i, page);
  }

  /** The migration holds the page, so that it cannot be freed while no entry names it. */
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
      if (page.maps > 0) batch.giveUp(i);
    }
  }

  /** Reverse mapping: every process's entry of the page becomes a migration entry of the same flavour. */
  protected unmapForMigration(page: Page): void {
    for (const process of this.processes) {
      const index = this.placeOf(process, page);
      if (index < 0) continue;
      const entry = process.entry(index);
      if (isMigration(entry)) continue;
      process.entries[index] = this.migrationEntryFor(page, entry);
      this.dropEntryOf(page);
    }
  }

  /** What stands in for an entry: it knows what the entry knew of the page. */
  protected migrationEntryFor(page: Page, entry: number): number {
    return trackedLike(migrationEntry(page.pfn, isWritable(entry)), entry);
  }

  /** Hands identities over to the destinations. A page without one goes nowhere. */
  migratePages(batch: MigrateBatch): void {
    for (let i = 0; i < batch.count; i++) {
      if (!batch.isMigrating(i)) continue;
      const to = batch.destination(i);
      const from = batch.source(i);
      if (to === 0) batch.giveUp(i);
      else if (from === 0) this.insertPage(batch, i, this.page(to));
      else this.moveIdentity(this.page(from), this.page(to));
    }
  }

  /** Whether the group of a hole's process has room for the page that the hole would become. */
  mayChargeUnpopulated(process: Process): boolean {
    return this.mayCharge(process.group);
  }

  /** Charges the page that a hole is to become: there is none to take the charge over from. */
  chargeUnpopulated(process: Process, page: Page): void {
    this.charge(page, process.group);
  }

  /** A hole becomes a page of its own. */
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

  /** Puts entries back and lets go of every page that the migration held. */
  migrateFinalize(batch: MigrateBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const from = batch.source(i);
      const to = batch.destination(i);
      if (from !== 0) {
        const old = this.page(from);
        if (batch.isMigrating(i)) this.finishMoved(old, this.page(to));
        else this.finishSkipped(old);
      }
      // The driver's own reference: the last one, where the destination was not used.
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
      const index = this.placeOf(process, old);
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

  /** The entry with what its migration entry knew of the page; early device entries have no room for that. */
  protected trackedEntry(page: Page, made: number, entry: number): number {
    const forgets = page.pagemap?.type === PAGEMAP_PRIVATE && !this.profile.tracksThroughMigration;
    return forgets ? made : trackedLike(made, entry);
  }
}
