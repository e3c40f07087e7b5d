import { exclusiveEntry, isWatched, pfnOf, presentEntry, trackedLike } from './entry.ts';
import type { Page } from './page.ts';
import { VMA_WRITE, type Process } from './process.ts';
import { Tracking } from './tracking.ts';

/** Pages of system memory that a device has to itself, until the CPU touches them. */
export class ExclusiveAccess extends Tracking {
  /** Gives a page that was just touched for writing to the device. It stays mapped and held as it was. */
  makeExclusive(process: Process, index: number): void {
    const entry = process.entry(index);
    process.entries[index] = trackedLike(exclusiveEntry(pfnOf(entry)), entry);
  }

  /** Takes the page back: the device faults when it wants it again. */
  protected restoreExclusive(process: Process, index: number, entry: number): void {
    const page = this.page(pfnOf(entry));
    const restored = presentEntry(page.pfn, this.mayWriteRestored(process, index, entry, page));
    process.entries[index] = trackedLike(restored, entry);
  }

  protected mayWriteRestored(process: Process, index: number, entry: number, page: Page): boolean {
    return process.protection(index) === VMA_WRITE && page.maps === 1 && !isWatched(entry);
  }
}
