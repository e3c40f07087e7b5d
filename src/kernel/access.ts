import type { ErrorName, Result } from '../../spec/vocabulary/result.ts';
import { isDevice, isExclusiveEntry, isWatched, isWritable, pfnOf, POISON_ENTRY } from './entry.ts';
import { fillPage, readPage } from './page.ts';
import { FAULT_DONE, FAULT_OOM } from './pagemap.ts';
import { VMA_READ, VMA_WRITE, type Process } from './process.ts';
import { Transfer } from './transfer.ts';

/** The third layer of the driver: the device's own loads and stores, and what it does with a page to itself. */
export abstract class DriverAccess extends Transfer {
  deviceLoad(process: Process, index: number): Result {
    const entry = this.lookUp(process, index, false);
    if (typeof entry !== 'number') return entry;
    if (!isDevice(entry)) return this.loadFromSystem(process, index);
    if (!this.isOwn(entry)) return this.loadForeign(process, index, entry);
    return readPage(this.kernel.page(pfnOf(entry)));
  }

  deviceStore(process: Process, index: number, value: number): Result {
    const entry = this.lookUp(process, index, true);
    if (typeof entry !== 'number') return entry;
    if (!isDevice(entry)) return this.storeInSystem(process, index, value);
    if (!this.isOwn(entry)) return this.storeForeign(process, index, value);
    if (isWatched(entry)) return 'trapped';
    if (!isWritable(entry)) return this.storeThroughRead(process, index, value);
    fillPage(this.kernel.page(pfnOf(entry)), value);
    return 'ok';
  }

  /** The entry of a page that the device may access; or why it may not. */
  protected lookUp(process: Process, index: number, write: boolean): number | ErrorName {
    const refusal = this.refusal(process, index, write);
    if (refusal !== undefined) return refusal;
    const { kernel } = this;
    if (kernel.concurrent === undefined) return process.entry(index);
    // A window between the look-up and the access: what changed meanwhile is looked up again.
    kernel.runConcurrent();
    return this.refusal(process, index, write) ?? process.entry(index);
  }

  protected refusal(process: Process, index: number, write: boolean): ErrorName | undefined {
    if (!this.isUsable()) return 'ENODEV';
    const protection = process.protection(index);
    if (protection < VMA_READ) return 'EFAULT';
    if (write && protection < VMA_WRITE) return 'EPERM';
    return process.entry(index) === POISON_ENTRY ? 'EFAULT' : undefined;
  }

  protected isUsable(): boolean {
    return this.attached && this.opened;
  }

  /** Whether a device entry names a frame of this device, or of another one of the same owner. */
  protected isOwn(entry: number): boolean {
    return this.kernel.page(pfnOf(entry)).pagemap?.owner === this.pagemap.owner;
  }

  /** The device reads system memory as the CPU does: what is not there for it is faulted in. */
  protected loadFromSystem(process: Process, index: number): Result {
    const pfn = this.kernel.access(process, index, false);
    return pfn < 0 ? this.kernel.errorOf(pfn) : readPage(this.kernel.page(pfn));
  }

  protected storeInSystem(process: Process, index: number, value: number): Result {
    const pfn = this.kernel.access(process, index, true);
    if (pfn < 0) return this.kernel.errorOf(pfn);
    fillPage(this.kernel.page(pfn), value);
    return 'ok';
  }

  /** Another device's page comes back by its owner's fault. Before that was so, one was refused; or nobody asked. */
  protected loadForeign(process: Process, index: number, entry: number): Result {
    const { foreignAccessFaults, ownersMatter } = this.kernel.profile;
    if (foreignAccessFaults) return this.loadFromSystem(process, index);
    return ownersMatter ? 'EFAULT' : readPage(this.kernel.page(pfnOf(entry)));
  }

  protected storeForeign(process: Process, index: number, value: number): Result {
    return this.kernel.profile.foreignAccessFaults ? this.storeInSystem(process, index, value) : 'EFAULT';
  }

  /** A READ entry may be shared: back to system memory, where the kernel knows how to break the sharing. */
  protected storeThroughRead(process: Process, index: number, value: number): Result {
    if (!this.options.copiesOnWrite) return 'EFAULT';
    const result = this.migrateOneBack(process, index);
    if (result !== FAULT_DONE) return result === FAULT_OOM ? 'ENOMEM' : 'EFAULT';
    return this.storeInSystem(process, index, value);
  }

  /** Touches the page as for a store, and then takes it away from the CPU until that touches it again. */
  makeExclusive(process: Process, index: number): Result {
    const entry = this.lookUp(process, index, true);
    if (typeof entry !== 'number') return entry;
    const pfn = this.kernel.access(process, index, true);
    if (pfn < 0) return this.kernel.errorOf(pfn);
    this.kernel.makeExclusive(process, index);
    return 'ok';
  }

  /** One atomic operation on a page that the device has to itself. */
  deviceExchange(process: Process, index: number, value: number): Result {
    const entry = this.lookUp(process, index, true);
    if (typeof entry !== 'number') return entry;
    if (!isExclusiveEntry(entry)) return 'EINVAL';
    if (isWatched(entry)) return 'trapped';
    const page = this.kernel.page(pfnOf(entry));
    const before = readPage(page);
    fillPage(page, value);
    return before;
  }
}
