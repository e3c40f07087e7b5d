import type { Result } from '../../spec/vocabulary/result.ts';
import type { Report } from '../../spec/vocabulary/result.ts';
import {
  isDevice,
  isExclusiveEntry,
  isPresent,
  isSoftDirty,
  isWatched,
  pfnOf,
  readOnly,
  cleaned,
  dirtied,
  unwatched,
  watched,
  writable,
  NONE,
} from './entry.ts';
import { Moves } from './move.ts';
import { VMA_WRITE, type Process, WATCH_NOTHING, WATCH_STORES, WATCH_UNPOPULATED } from './process.ts';

/** What is known of pages besides where they are: whether they were stored to, and whether stores are trapped. */
export class Tracking extends Moves {
  clearSoftDirty(process: Process): void {
    for (let index = 0; index < this.scope.pages; index++) {
      process.fresh[index] = false;
      process.entries[index] = this.cleanEntry(process.entry(index));
    }
  }

  /** Entries that name no page have no such bit. */
  protected cleanEntry(entry: number): number {
    return this.namesPage(entry) ? cleaned(entry) : entry;
  }

  protected namesPage(entry: number): boolean {
    return isPresent(entry) || isDevice(entry) || isExclusiveEntry(entry);
  }

  softDirty(process: Process, index: number): Report {
    return process.isFresh(index) || isSoftDirty(process.entry(index)) ? 'dirty' : 'clean';
  }

  /** A store to a page in system memory is about to land: the page is not clean, and not to be dropped. */
  protected noteStore(process: Process, index: number): void {
    const entry = process.entry(index);
    if (!isPresent(entry)) return;
    process.entries[index] = dirtied(entry);
    this.page(pfnOf(entry)).lazyFree = false;
  }

  /** Whether a watch for stores holds also where no page is yet. */
  watchesUnpopulated = false;

  watch(process: Process, index: number, watch: number): void {
    const entry = process.entry(index);
    const isOnUnpopulated = watch === WATCH_STORES && entry === NONE && this.watchesUnpopulated;
    process.watches[index] = isOnUnpopulated ? WATCH_UNPOPULATED : watch;
    if (!this.namesPage(entry)) return;
    process.entries[index] =
      watch === WATCH_STORES ? this.watchedEntry(entry) : this.unwatchedEntry(process, index, entry);
  }

  override discard(process: Process, index: number): Result {
    const result = super.discard(process, index);
    const ends = result === 'ok' && process.watch(index) === WATCH_UNPOPULATED;
    if (ends) process.watches[index] = WATCH_NOTHING;
    return result;
  }

  /** Whoever may not write faults at a store, and it is seen. */
  protected watchedEntry(entry: number): number {
    return isExclusiveEntry(entry) ? watched(entry) : watched(readOnly(entry));
  }

  /** A present entry gets back what the watch had taken from it; a device entry is READ for good. */
  protected unwatchedEntry(process: Process, index: number, entry: number): number {
    if (!isWatched(entry)) return entry;
    const bare = unwatched(entry);
    const wasWritable = isPresent(entry) && process.protection(index) === VMA_WRITE;
    return wasWritable && this.page(pfnOf(entry)).maps === 1 ? writable(bare) : bare;
  }
}
