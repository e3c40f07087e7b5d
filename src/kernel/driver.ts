import type { ErrorName, Result } from '../../spec/vocabulary/result.ts';
import type { DriverOptions } from './device.ts';
import { isDevice, isWritable, pfnOf, POISON_ENTRY } from './entry.ts';
import type { Kernel } from './kernel.ts';
import { fillPage, type Page, readPage } from './page.ts';
import { FAULT_DONE, FAULT_OOM, FAULT_SIGBUS, type FaultResult } from './pagemap.ts';
import { MAY_READ, MAY_WRITE, type Process } from './process.ts';
import { Transfer } from './transfer.ts';

/**
 * The device driver, whole. Device owns the frames, Transfer moves pages to them and back; here are the fault
 * callback, the device's own loads and stores, and how it comes and goes.
 */
export class Driver extends Transfer {
  /** The callback: brings the touched page back, and its neighbours with it if they can come. */
  protected override pageFault(slot: number, index: number, page: Page): FaultResult {
    this.note({ event: 'fault', process: slot, page: index, frame: page.data });
    const process = this.kernel.process(slot);
    const start = index - (index % this.options.chunk);
    const count = Math.min(this.options.chunk, this.kernel.scope.pages - start);
    const result = this.bringRangeBack(process, start, count, index);
    if (result === FAULT_SIGBUS) this.lose(process, index);
    return result;
  }

  /** The page cannot be had back: what becomes of the entry that was touched. */
  protected lose(process: Process, index: number): void {
    if (this.kernel.profile.failedFaultPoisons) this.kernel.poisonEntry(process, index);
  }

  deviceLoad(process: Process, index: number): Result {
    const refusal = this.refusal(process, index, false);
    if (refusal !== undefined) return refusal;
    // The device reads its own memory as well as the system's; a hole names the page of zeros.
    return readPage(this.kernel.page(pfnOf(process.entry(index))));
  }

  deviceStore(process: Process, index: number, value: number): Result {
    const refusal = this.refusal(process, index, true);
    if (refusal !== undefined) return refusal;
    const entry = process.entry(index);
    if (!isDevice(entry)) return this.storeInSystem(process, index, value);
    if (!isWritable(entry)) return this.storeThroughRead(process, index, value);
    fillPage(this.kernel.page(pfnOf(entry)), value);
    return 'ok';
  }

  protected refusal(process: Process, index: number, write: boolean): ErrorName | undefined {
    if (!this.attached) return 'ENODEV';
    const protection = process.protection(index);
    if (protection < MAY_READ) return 'EFAULT';
    if (write && protection < MAY_WRITE) return 'EPERM';
    return process.entry(index) === POISON_ENTRY ? 'EFAULT' : undefined;
  }

  /** A READ entry may be shared: back to system memory, where the kernel knows how to break the sharing. */
  protected storeThroughRead(process: Process, index: number, value: number): Result {
    if (!this.options.copiesOnWrite) return 'EFAULT';
    const result = this.bringOneBack(process, index);
    if (result !== FAULT_DONE) return result === FAULT_OOM ? 'ENOMEM' : 'EFAULT';
    return this.storeInSystem(process, index, value);
  }

  protected storeInSystem(process: Process, index: number, value: number): Result {
    const pfn = this.kernel.touch(process, index, true);
    if (pfn < 0) return 'EFAULT';
    fillPage(this.kernel.page(pfn), value);
    return 'ok';
  }

  attach(): Result {
    if (this.attached) return 'EBUSY';
    this.startFrames();
    this.attached = true;
    return 'ok';
  }

  /** Brings every page back, then goes; or stays, if some page cannot come. */
  detach(): Result {
    if (!this.attached) return 'ENODEV';
    for (const page of this.frames) {
      if (page.refs !== this.kernel.profile.idleCount) this.evictPage(page);
    }
    if (!this.isDrained()) return 'EBUSY';
    this.attached = false;
    return 'ok';
  }

  protected isDrained(): boolean {
    return this.pagemap.ref === 0;
  }

  /** Becomes like another driver, on a kernel that is a copy of the other's. Called on a fresh one. */
  copyFrom(other: Driver): void {
    this.attached = other.attached;
    this.pagemap.ref = other.pagemap.ref;
    this.injections.copyFrom(other.injections);
    this.freeFrames.length = 0;
    for (const pfn of other.freeFrames) this.freeFrames.push(pfn);
  }
}

/** The class itself, or a planted one in its place. */
export type DriverClass = new (kernel: Kernel, options: DriverOptions) => Driver;
