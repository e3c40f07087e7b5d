import type { Result } from '../../spec/vocabulary/result.ts';
import { DriverAccess } from './access.ts';
import type { DriverOptions } from './device.ts';
import { isDevice, pfnOf } from './entry.ts';
import type { Kernel } from './kernel.ts';
import type { Page } from './page.ts';
import { FAULT_DONE, FAULT_SIGBUS, type FaultResult } from './pagemap.ts';
import type { Process } from './process.ts';
import type { DriverHarness } from './driver-harness.ts';

/**
 * The device driver, whole. Device owns the frames, Transfer moves pages to them and back, Access is what the device
 * does itself; here are the fault callback, and how the device comes and goes.
 */
export class Driver extends DriverAccess {
  /** Whether something is recorded where the device's memory is: the device, or memory that was added since it left. */
  rangeIsTaken = true;

  /** The callback: brings the touched page back, and its neighbours with it if they can come. */
  protected override pageFault(slot: number, index: number, page: Page): FaultResult {
    this.noteFault(slot, index, page);
    if (this.isGone(slot, index, page)) return FAULT_DONE;
    const process = this.kernel.process(slot);
    const start = index - (index % this.options.chunk);
    const count = Math.min(this.options.chunk, this.kernel.scope.pages - start);
    const result = this.migrateRangeBack(process, start, count, index);
    if (result === FAULT_SIGBUS) this.lose(process, index);
    return result;
  }

  /** Somebody else was faster, and the touch need only be tried again. */
  protected isGone(slot: number, index: number, page: Page): boolean {
    return !this.kernel.sees(slot, index, page.pfn);
  }

  /** The page cannot be had back: what becomes of the entry that was touched. */
  protected lose(process: Process, index: number): void {
    if (this.kernel.profile.failedFaultPoisons) this.kernel.poisonEntry(process, index);
  }

  /** Where its old range is taken, it finds another. */
  attach(): Result {
    if (this.attached) return 'EBUSY';
    this.startFrames();
    this.attached = true;
    this.rangeIsTaken = true;
    return 'ok';
  }

  /** Brings every page back, then goes; or stays, if some page cannot come. */
  detach(): Result {
    if (!this.attached) return 'ENODEV';
    this.evictEverything();
    if (!this.isDrained()) return 'EBUSY';
    this.attached = false;
    this.rangeIsTaken = false;
    return 'ok';
  }

  /** The device is lost, and all that it has. */
  surpriseRemove(): Result {
    if (!this.attached) return 'ENODEV';
    this.loseEverything();
    this.attached = false;
    this.rangeIsTaken = false;
    return 'ok';
  }

  /** Nothing can be had back: every entry that names a frame becomes poison, and the frames are free by that. */
  protected loseEverything(): void {
    for (const process of this.kernel.processes) {
      for (let index = 0; index < this.kernel.scope.pages; index++) {
        if (this.isLost(process.entry(index))) this.kernel.poisonEntry(process, index);
      }
    }
  }

  protected isLost(entry: number): boolean {
    return isDevice(entry) && this.kernel.page(pfnOf(entry)).pagemap === this.pagemap;
  }

  protected isDrained(): boolean {
    return this.pagemap.ref === 0;
  }

  evictAll(): number {
    return this.attached ? this.evictEverything() : 0;
  }

  /** Whoever used the device lets go of it. Its memory stays what it is. */
  close(): Result {
    if (!this.opened) return 'ENODEV';
    this.opened = false;
    return 'ok';
  }

  open(): Result {
    if (this.opened) return 'EBUSY';
    this.opened = true;
    return 'ok';
  }

  /** System memory is to be added where the device's memory is recorded. */
  hotAdd(): Result {
    if (this.rangeIsTaken) return 'EEXIST';
    this.rangeIsTaken = true;
    return 'ok';
  }

  /** Becomes like another driver, on a kernel that is a copy of the other's. Called on a fresh one. */
  copyFrom(other: Driver): void {
    this.attached = other.attached;
    this.opened = other.opened;
    this.rangeIsTaken = other.rangeIsTaken;
    this.pagemap.ref = other.pagemap.ref;
    this.freeFrames.length = 0;
    for (const pfn of other.freeFrames) this.freeFrames.push(pfn);
  }
}

/** The class itself, or a planted one in its place. */
export type DriverClass = new (
  kernel: Kernel,
  options: DriverOptions,
  number: number,
  rig: DriverHarness,
) => Driver;
