import type { PageOutcome } from '../../spec/vocabulary/result.ts';
import { Device, type DriverOptions } from './device.ts';
import { isDevice, pfnOf } from './entry.ts';
import type { Kernel } from './kernel.ts';
import { FROM_DEVICE, FROM_SYSTEM } from './migrate.ts';
import { MigrateBatch } from './migrate-batch.ts';
import type { Page } from './page.ts';
import { FAULT_DONE, FAULT_OOM, FAULT_SIGBUS, type FaultResult } from './pagemap.ts';
import type { Process } from './process.ts';
import type { DriverHarness } from './driver-harness.ts';

/** The second layer of the driver: it moves pages to the device and back. */
export abstract class Transfer extends Device {
  /** Whether somebody uses the device. What is on it comes back all the same. */
  opened: boolean;
  readonly #batch: MigrateBatch;

  constructor(kernel: Kernel, options: DriverOptions, number: number, rig: DriverHarness) {
    super(kernel, options, number, rig);
    this.opened = true;
    this.#batch = new MigrateBatch(this.pagemap);
  }

  /** Batches are used again; but not one that somebody is in the middle of. */
  private idleBatch(): MigrateBatch {
    return this.kernel.inProgress === this.#batch ? new MigrateBatch(this.pagemap) : this.#batch;
  }

  migrateToDevice(process: Process, start: number, count: number): PageOutcome[] {
    const batch = this.idleBatch();
    if (this.takesPages()) this.kernel.migrateSetup(batch, process, start, count, FROM_SYSTEM);
    else batch.begin(process, start, count);
    if (!this.stillTakesPages()) return this.commit(batch);
    for (let i = 0; i < count; i++) {
      if (batch.isMigrating(i)) batch.dst[i] = this.placeOnDevice(batch.source(i), process, start + i);
    }
    return this.commit(batch);
  }

  protected takesPages(): boolean {
    return this.attached && this.opened;
  }

  /** The device may have gone, or been closed, while the pages were collected. */
  protected stillTakesPages(): boolean {
    return this.takesPages();
  }

  /** A frame with the content of the page, or with zeros for a hole; 0 if that cannot be had. */
  protected placeOnDevice(source: number, process: Process, index: number): number {
    if (this.freeFrames.length === 0 || !this.mayPlace(source, process)) return 0;
    if (this.strikes('no-frame', source, process, index)) return 0;
    const frame = this.allocateFrame();
    if (frame === undefined) return 0;
    if (!this.fillFrame(frame, source, process, index)) {
      this.kernel.putPage(frame);
      return 0;
    }
    if (source === 0) this.kernel.chargeUnpopulated(process, frame);
    return frame.pfn;
  }

  /** A page brings its charge along; a hole needs one. */
  protected mayPlace(source: number, process: Process): boolean {
    return source !== 0 || this.kernel.mayChargeUnpopulated(process);
  }

  protected fillFrame(frame: Page, source: number, process: Process, index: number): boolean {
    if (this.strikes('no-copy', source, process, index)) return false;
    if (source === 0) this.clear(frame);
    else this.copy(this.kernel.page(source), frame);
    return true;
  }

  migrateToSystem(process: Process, start: number, count: number): PageOutcome[] {
    const batch = this.idleBatch();
    this.kernel.migrateSetup(batch, process, start, count, FROM_DEVICE);
    for (let i = 0; i < count; i++) {
      if (batch.isMigrating(i)) this.migrateBack(batch, i);
    }
    return this.commit(batch);
  }

  /** Finds a system page for a page of the device and copies it there. */
  protected migrateBack(batch: MigrateBatch, i: number): FaultResult {
    const pfn = batch.source(i);
    const at = batch.start + i;
    if (!this.attached || this.strikes('sigbus', pfn, batch.process, at)) return FAULT_SIGBUS;
    if (this.strikes('oom', pfn, batch.process, at)) return FAULT_OOM;
    const page = this.kernel.allocPage();
    this.copy(this.kernel.page(pfn), page);
    batch.dst[i] = page.pfn;
    return FAULT_DONE;
  }

  protected commit(batch: MigrateBatch): PageOutcome[] {
    this.kernel.migratePages(batch);
    this.kernel.migrateFinalize(batch);
    return this.outcomes(batch);
  }

  protected outcomes(batch: MigrateBatch): PageOutcome[] {
    const outcomes: PageOutcome[] = [];
    for (let i = 0; i < batch.count; i++) outcomes.push(batch.isMigrating(i) ? 'moved' : 'skipped');
    return outcomes;
  }

  /** Brings back the page behind an entry, as when its frame is wanted. */
  evict(process: Process, index: number): PageOutcome[] {
    const entry = process.entry(index);
    return [isDevice(entry) && this.evictPage(this.kernel.page(pfnOf(entry))) ? 'moved' : 'skipped'];
  }

  /** Brings every page back that can come, and tells how many did. */
  protected evictEverything(): number {
    let evicted = 0;
    for (const page of this.frames) {
      if (this.isInUse(page) && this.evictPage(page)) evicted++;
    }
    return evicted;
  }

  protected isInUse(page: Page): boolean {
    return page.maps > 0 || page.refs > this.kernel.profile.idleCount;
  }

  /** Brings back one page by its frame, whoever maps it. */
  protected evictPage(page: Page): boolean {
    const batch = this.idleBatch();
    this.kernel.migrateSetupPage(batch, page);
    if (batch.isMigrating(0)) this.migrateBack(batch, 0);
    this.commit(batch);
    return batch.isMigrating(0);
  }

  /** Brings one page of a process back, without a fault. */
  protected migrateOneBack(process: Process, index: number): FaultResult {
    return this.migrateRangeBack(process, index, 1, index);
  }

  /** Brings a range back for the sake of one page of it: that comes first, and without it none comes. */
  protected migrateRangeBack(process: Process, start: number, count: number, wanted: number): FaultResult {
    const batch = this.idleBatch();
    this.kernel.migrateSetup(batch, process, start, count, FROM_DEVICE);
    const at = wanted - start;
    let result: FaultResult = batch.isMigrating(at) ? this.migrateBack(batch, at) : FAULT_SIGBUS;
    if (result === FAULT_DONE) result = this.migrateExtrasBack(batch, at);
    this.commit(batch);
    return result;
  }

  /** The rest of the range comes along as far as it can. That some of it cannot is no failure. */
  protected migrateExtrasBack(batch: MigrateBatch, wanted: number): FaultResult {
    for (let i = 0; i < batch.count; i++) {
      if (i !== wanted && batch.isMigrating(i)) this.migrateBack(batch, i);
    }
    return FAULT_DONE;
  }
}
