import type { Profile } from '../../spec/profiles/profile.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import {
  deviceEntry,
  isDevice,
  isMigration,
  isPresent,
  NONE,
  pfnOf,
  presentEntry,
  readOnly,
} from './entry.ts';
import { Memory } from './memory.ts';
import type { Page } from './page.ts';
import { PRIVATE } from './pagemap.ts';
import { HOST_VMA, MAY_NOTHING, MAY_WRITE, NO_VMA, Process } from './process.ts';

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
  }

  exit(process: Process): void {
    for (let index = 0; index < this.scope.pages; index++) this.unmap(process, index);
    process.alive = false;
  }

  map(process: Process, index: number, kind: number, protection: number): void {
    process.kinds[index] = kind;
    process.protections[index] = protection;
    if (kind === HOST_VMA) this.mapHostPage(process, index);
  }

  /** Host memory is there at once: the CPU addresses it, so no fault has to bring it. */
  protected mapHostPage(process: Process, index: number): void {
    const page = this.hostPage(index);
    this.getPage(page);
    page.maps++;
    process.entries[index] = presentEntry(page.pfn, process.protection(index) === MAY_WRITE);
  }

  unmap(process: Process, index: number): void {
    this.zapEntry(process, index);
    process.kinds[index] = NO_VMA;
    process.protections[index] = MAY_NOTHING;
  }

  discard(process: Process, index: number): void {
    if (process.kind(index) !== HOST_VMA) this.zapEntry(process, index);
  }

  protect(process: Process, index: number, protection: number): void {
    const before = process.protection(index);
    if (protection === before && this.profile.sameProtectionIsQuiet) return;
    process.protections[index] = protection;
    process.entries[index] = this.protectedEntry(process.entry(index), protection);
  }

  /** What a protect makes of an entry. Writing is taken away; what gives it back is a write fault. */
  protected protectedEntry(entry: number, protection: number): number {
    if (isDevice(entry)) return readOnly(entry);
    return isPresent(entry) && protection !== MAY_WRITE ? readOnly(entry) : entry;
  }

  /** An entry that names the page: present, or a device entry for memory that the CPU cannot address. */
  protected entryFor(page: Page, write: boolean): number {
    return page.pagemap?.type === PRIVATE ? deviceEntry(page.pfn, write) : presentEntry(page.pfn, write);
  }

  /** Takes an entry away, whatever it is. No callback is asked: content that nobody can see need not come back. */
  protected zapEntry(process: Process, index: number): void {
    const entry = process.entry(index);
    if (entry === NONE) return;
    process.entries[index] = NONE;
    if (isPresent(entry)) this.zapPresent(process, index, entry);
    else if (isDevice(entry)) this.zapDevice(process, index, entry);
    // The page of a migration entry is held by the migration alone; poison names no page at all.
    else if (isMigration(entry)) this.addRss(process, -1);
  }

  protected zapPresent(process: Process, index: number, entry: number): void {
    if (process.kind(index) !== HOST_VMA) this.addRss(process, -1);
    this.dropEntryOf(this.page(pfnOf(entry)));
  }

  protected zapDevice(process: Process, _index: number, entry: number): void {
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

  protected copyMappings(other: Mappings): void {
    this.copyMemory(other);
    for (const process of this.processes) process.copyFrom(other.process(process.slot));
  }
}
