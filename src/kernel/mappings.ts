import type { Profile } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import {
  makeDeviceEntry,
  isDevice,
  isExclusiveEntry,
  isMigration,
  isPresent,
  isWatched,
  isWritable,
  NONE,
  pfnOf,
  presentEntry,
  readOnly,
  watched,
} from './entry.ts';
import { Memory } from './memory.ts';
import { isAnonymous, type Page } from './page.ts';
import { PAGEMAP_PRIVATE } from './pagemap.ts';
import { HOST_VMA, MAY_NOTHING, VMA_WRITE, NO_VMA, Process, SHARED_VMA } from './process.ts';

/** Processes and what they map: making mappings, changing their protection, and taking entries away. */
export class Mappings extends Memory {
  readonly processes: Process[];

  constructor(profile: Profile, scope: Scope) {
    super(profile, scope);
    this.processes = [];
    for (let slot = 0; slot < scope.processes; slot++) this.processes.push(new Process(slot, scope.pages));
  }

  process(slot: number): Process {
    const process = this.processes[slot];
    if (process === undefined) throw new RangeError(`there is no process slot ${slot}`);
    return process;
  }

  spawn(process: Process): void {
    process.alive = true;
    process.group = 0;
  }

  exit(process: Process): void {
    for (let index = 0; index < this.scope.pages; index++) this.unmap(process, index);
    process.alive = false;
  }

  map(process: Process, index: number, kind: number, protection: number): void {
    process.setVma(index, kind, protection, index);
    if (kind === HOST_VMA) this.mapPermanent(process, index, this.hostPage(index));
    else if (kind === SHARED_VMA) this.mapPermanent(process, index, this.sharedPage(index));
  }

  /** Host and shared memory is there at once: the CPU addresses it, so no fault has to bring it. */
  protected mapPermanent(process: Process, index: number, page: Page): void {
    this.getPage(page);
    page.maps++;
    process.entries[index] = presentEntry(page.pfn, process.protection(index) === VMA_WRITE);
  }

  unmap(process: Process, index: number): void {
    this.zapEntry(process, index);
    process.setVma(index, NO_VMA, MAY_NOTHING, index);
  }

  discard(process: Process, index: number): Result {
    if (this.keepsLocked(process, index)) return 'EINVAL';
    if (!this.isPermanent(process, index)) this.zapEntry(process, index);
    return 'ok';
  }

  /** Whether a lock keeps what is mapped here from being given up. */
  protected keepsLocked(process: Process, index: number): boolean {
    return process.isLocked(index);
  }

  /** Whether what is mapped belongs to the place, and not to the process. */
  protected isPermanent(process: Process, index: number): boolean {
    const kind = process.kind(index);
    return kind === HOST_VMA || kind === SHARED_VMA;
  }

  protect(process: Process, index: number, protection: number): void {
    const before = process.protection(index);
    if (protection === before && this.profile.sameProtectionIsQuiet) return;
    process.protections[index] = protection;
    const entry = this.isUnlocked(process) ? this.entryAfterConcurrent(process, index) : process.entry(index);
    if (process.kind(index) !== NO_VMA) process.entries[index] = this.protectedEntry(entry, protection);
  }

  /** What a protect makes of an entry. Writing is taken away; what gives it back is a write fault. */
  protected protectedEntry(entry: number, protection: number): number {
    if (isDevice(entry)) return this.downgradedEntry(entry);
    return isPresent(entry) && protection !== VMA_WRITE ? readOnly(entry) : entry;
  }

  /**
   * The READ entry in place of a device entry. One that was WRITE is made anew: whether it was soft-dirty is not
   * remembered, that it is watched is.
   */
  protected downgradedEntry(entry: number): number {
    if (!isWritable(entry)) return entry;
    const read = makeDeviceEntry(pfnOf(entry), false);
    return isWatched(entry) ? watched(read) : read;
  }

  /** An entry that names the page: present, or a device entry for memory that the CPU cannot address. */
  protected entryFor(page: Page, write: boolean): number {
    return page.pagemap?.type === PAGEMAP_PRIVATE
      ? makeDeviceEntry(page.pfn, write)
      : presentEntry(page.pfn, write);
  }

  /** Takes an entry away, whatever it is. No callback is asked: content that nobody can see need not come back. */
  protected zapEntry(process: Process, index: number): void {
    const entry = this.isUnlocked(process) ? this.entryAfterConcurrent(process, index) : process.entry(index);
    if (entry === NONE) return;
    process.entries[index] = NONE;
    if (isPresent(entry)) this.zapPresent(process, index, entry);
    else if (isDevice(entry)) this.zapDevice(process, index, entry);
    else if (isExclusiveEntry(entry)) this.zapExclusive(process, index, entry);
    // The page of a migration entry is held by the migration alone; poison names no page at all.
    else if (isMigration(entry)) this.addRss(process, -1);
  }

  /** Whether somebody waits who may come in while entries of this process are looked at. */
  protected isUnlocked(process: Process): boolean {
    return this.concurrent !== undefined && this.concurrent.changes !== process.slot;
  }

  /** A window between what an entry is and what is done with it: it is read again. */
  protected entryAfterConcurrent(process: Process, index: number): number {
    this.runConcurrent();
    return process.entry(index);
  }

  protected zapPresent(process: Process, _index: number, entry: number): void {
    const page = this.page(pfnOf(entry));
    if (isAnonymous(page)) this.addRss(process, -1);
    this.dropEntryOf(page);
  }

  protected zapDevice(process: Process, _index: number, entry: number): void {
    this.addRss(process, -1);
    this.dropEntryOf(this.page(pfnOf(entry)));
  }

  protected zapExclusive(process: Process, _index: number, entry: number): void {
    this.addRss(process, -1);
    this.dropEntryOf(this.page(pfnOf(entry)));
  }

  /** An entry no longer names the page: first the map count, then the reference, which may be the last. */
  protected dropEntryOf(page: Page): void {
    this.removeMap(page);
    this.putPage(page);
  }

  protected addRss(process: Process, pages: number): void {
    process.rss += pages;
  }

  /** Whether the process's entry at this page names that page frame. */
  sees(slot: number, index: number, pfn: number): boolean {
    return pfnOf(this.process(slot).entry(index)) === pfn;
  }

  /** Reverse mapping: where the process maps the page, at a place with the page offset of it; -1 for nowhere. */
  protected placeOf(process: Process, page: Page): number {
    const { index: offset, pfn } = page;
    // Where it began is where it is, unless it was moved.
    if (pfnOf(process.entry(offset)) === pfn && process.offset(offset) === offset) return offset;
    for (let index = 0; index < this.scope.pages; index++) {
      if (process.offset(index) === offset && pfnOf(process.entry(index)) === pfn) return index;
    }
    return -1;
  }

  protected copyMappings(other: Mappings): void {
    this.copyMemory(other);
    for (const process of this.processes) process.copyFrom(other.process(process.slot));
  }
}
