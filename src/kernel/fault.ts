import {
  isDevice,
  isExclusiveEntry,
  isPresent,
  isWatched,
  isWritable,
  NONE,
  pfnOf,
  presentEntry,
  writable,
} from './entry.ts';
import { ForkCalls } from './fork.ts';
import { Livelock } from './livelock.ts';
import { copyPage, fillPage, isAnonymous, type Page } from './page.ts';
import { FAULT_DONE, FAULT_OOM, FAULT_SIGBUS, type FaultResult } from './pagemap.ts';
import { FILE_VMA, VMA_READ, VMA_WRITE, type Process, WATCH_MISSING, WATCH_UNPOPULATED } from './process.ts';

/** What a touch came to, where it came to no page. */
const ACCESS_SIGSEGV = -1;
export const ACCESS_SIGBUS = -2;
export const ACCESS_OOM = -3;
/** Whoever watches the page is told, and the touch is taken back. */
export const ACCESS_TRAPPED = -4;
/** Not an end: the entry has changed, look again. */
const ACCESS_RETRY = -5;

/** So many faults of one touch in a row are taken for a livelock. */
const TOO_MANY_FAULTS = 64;

/** The fault path: from a touch of the CPU to the page that it gets, or to what it gets instead. */
export class FaultPath extends ForkCalls {
  /** Whether a touch that finds no memory to bring a page back to gives up, or tries again until it does. */
  givesUpWithoutMemory = true;

  /** The number of the page that the touch gets, ready to be read or written; or one of the above. */
  access(process: Process, index: number, write: boolean): number {
    for (let faults = 0; faults < TOO_MANY_FAULTS; faults++) {
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

  /** A window in a fault: whether there is something else now than what was to be dealt with. */
  protected isLate(process: Process, index: number, entry: number, write: boolean): boolean {
    // Where the driver is to be called, the window is there.
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
    // Poison; or the entry of a migration that never ends, which nobody may wait for.
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

  /** The page of the file is mapped for reading; a store to it copies it then. */
  protected fileFault(process: Process, index: number): number {
    const page = this.filePage(index);
    this.getPage(page);
    page.maps++;
    process.entries[index] = presentEntry(page.pfn, false);
    return ACCESS_RETRY;
  }

  /** A load of a hole sees the page of zeros, which has the number 0, and leaves the hole. */
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

  /** The CPU cannot address this page: its pagemap's driver must bring it back. */
  protected deviceFault(process: Process, index: number, entry: number): FaultResult {
    const page = this.page(pfnOf(entry));
    return this.concurrent === undefined
      ? this.callPageFault(process, index, page)
      : this.racingDeviceFault(process, index, page);
  }

  protected callPageFault(process: Process, index: number, page: Page): FaultResult {
    return page.pagemap?.pageFault?.(process.slot, index, page) ?? FAULT_SIGBUS;
  }

  /**
   * A window between the entry and the driver: the page is held, lest somebody else has it when the driver is called. Who
   * waits for that the frame is free comes in before it is held.
   */
  protected racingDeviceFault(process: Process, index: number, page: Page): FaultResult {
    if (this.concurrent?.drains === true) {
      this.runConcurrent();
      return this.callPageFault(process, index, page);
    }
    this.getPage(page);
    this.runConcurrent();
    const result = this.callPageFault(process, index, page);
    this.putPage(page);
    return result;
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

  /** A store through an entry that may not write, of a process that may. */
  protected writeFault(process: Process, index: number, entry: number): number {
    if (isWatched(entry)) return ACCESS_TRAPPED;
    const page = this.page(pfnOf(entry));
    if (!this.isPermanent(process, index) && this.isShared(page))
      return this.breakSharing(process, index, page);
    process.entries[index] = writable(entry);
    return page.pfn;
  }

  /** Others see the page, too, in their private mappings or in a file. */
  protected isShared(page: Page): boolean {
    return page.maps > 1 || !isAnonymous(page);
  }

  /** The writer gets a page of its own. Pins stay with the old one. */
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
}
