import { isDevice, isMigration, isPresent, isWritable, migrationEntry, NONE, pfnOf } from './entry.ts';
import { FaultPath } from './fault.ts';
import type { MigrateBatch } from './migrate-batch.ts';
import type { Page } from './page.ts';
import { MAY_WRITE, PRIVATE_VMA, type Process } from './process.ts';

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
    this.unmapCollected(batch);
  }

  /** Collects one page by itself, without a look at any mapping. */
  migrateSetupPage(batch: MigrateBatch, page: Page): void {
    batch.begin(undefined, page.index, 1);
    this.collectPage(batch, 0, page);
    this.unmapCollected(batch);
  }

  protected collect(batch: MigrateBatch, i: number, process: Process, index: number, from: Selection): void {
    if (!this.isCollectable(process, index)) return;
    const entry = process.entry(index);
    if (from === FROM_DEVICE) {
      if (isDevice(entry)) this.collectPage(batch, i, this.page(pfnOf(entry)));
    } else if (entry === NONE) {
      batch.collect(i, 0);
    } else if (isPresent(entry)) {
      const page = this.page(pfnOf(entry));
      if (this.mayMove(page)) this.collectPage(batch, i, page);
    }
  }

  /** Only private anonymous memory moves. */
  protected isCollectable(process: Process, index: number): boolean {
    return process.kind(index) === PRIVATE_VMA;
  }

  /** Somebody who pinned the page goes on using it where it is. */
  protected mayMove(page: Page): boolean {
    return !this.isPinned(page);
  }

  /** The migration holds the page, so that it cannot be freed while no entry names it. */
  protected collectPage(batch: MigrateBatch, i: number, page: Page): void {
    this.getPage(page);
    batch.collect(i, page.pfn);
  }

  protected unmapCollected(batch: MigrateBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const pfn = batch.source(i);
      if (pfn === 0) continue;
      const page = this.page(pfn);
      this.unmapForMigration(page);
      if (page.maps > 0) batch.giveUp(i);
    }
  }

  /** Reverse mapping: every process's entry of the page becomes a migration entry of the same flavour. */
  protected unmapForMigration(page: Page): void {
    const { index, pfn } = page;
    for (const process of this.processes) {
      const entry = process.entry(index);
      if (pfnOf(entry) !== pfn || isMigration(entry)) continue;
      process.entries[index] = migrationEntry(pfn, isWritable(entry));
      this.dropEntryOf(page);
    }
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

  /** A hole becomes a page of its own. */
  protected insertPage(batch: MigrateBatch, i: number, page: Page): void {
    const { process } = batch;
    const index = batch.start + i;
    if (process === undefined || process.entry(index) !== NONE) {
      batch.giveUp(i);
      return;
    }
    this.getPage(page);
    this.addMap(page, index);
    this.charge(page);
    this.addRss(process, 1);
    process.entries[index] = this.entryFor(page, process.protection(index) === MAY_WRITE);
  }

  protected moveIdentity(from: Page, to: Page): void {
    to.mapping = from.mapping;
    to.index = from.index;
    this.moveCharge(from, to);
  }

  protected moveCharge(from: Page, to: Page): void {
    to.charged = from.charged;
    from.charged = false;
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
    const { index } = page;
    for (const process of this.processes) {
      const entry = process.entry(index);
      if (isMigration(entry) && pfnOf(entry) === old.pfn)
        this.replaceMigrationEntry(process, index, entry, page);
    }
  }

  protected replaceMigrationEntry(process: Process, index: number, entry: number, page: Page): void {
    this.getPage(page);
    this.addMap(page, index);
    process.entries[index] = this.entryFor(
      page,
      isWritable(entry) && process.protection(index) === MAY_WRITE,
    );
  }
}
