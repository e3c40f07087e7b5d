import type { InjectionKind, Victim } from '../../spec/vocabulary/command.ts';
import type { DriverEvent } from '../../spec/vocabulary/event.ts';
import type { ErrorName, PageOutcome, Result } from '../../spec/vocabulary/result.ts';
import { devicesIn } from '../../spec/vocabulary/scope.ts';
import type { DriverHarness } from './driver-harness.ts';
import { isDevice, isExclusiveEntry, isWatched, isWritable, pfnOf, POISON_ENTRY } from './entry.ts';
import { FROM_DEVICE, FROM_SYSTEM, MigrateBatch } from './migrate-batch.ts';
import type { Kernel } from './kernel.ts';
import {
  copyNumbers,
  copyPage,
  type DevPagemap,
  FAULT_DONE,
  FAULT_OOM,
  FAULT_SIGBUS,
  type FaultResult,
  FILLER,
  fillPage,
  type Page,
  PAGEMAP_PRIVATE,
  readPage,
} from './memory.ts';
import { type Process, VMA_READ, VMA_WRITE } from './process.ts';

export interface DriverOptions {
  /** The number of aligned pages that a fault migrates at most; 1 for the accessed page alone. */
  readonly chunk: number;
  /** Whether a device store through a READ entry writes to a copy, or fails. */
  readonly copiesOnWrite: boolean;
  /** Whether all devices have one owner, so that each uses the pages of the others like its own. */
  readonly oneOwner: boolean;
}

/** Layer 1 of the driver of one device: base pages. */
export class PageDriver {
  readonly kernel: Kernel;
  readonly options: DriverOptions;
  /** The number of the device in its world. */
  readonly number: number;
  readonly harness: DriverHarness;
  readonly pagemap: DevPagemap;
  /** The struct page of each frame. */
  readonly frames: readonly Page[];
  /** Free frames, by page frame number. The one freed last is allocated first, so that reuse happens early. */
  readonly freeFrames: number[] = [];
  attached = true;
  /** Whether a process uses the device. Its pages migrate to system memory even while it is closed. */
  opened = true;
  /** Whether the range of the device's memory is occupied, by the device or by memory that was added after a detach. */
  rangeIsTaken = true;
  readonly #batch: MigrateBatch;

  constructor(kernel: Kernel, options: DriverOptions, number: number, harness: DriverHarness) {
    this.kernel = kernel;
    this.options = options;
    this.number = number;
    this.harness = harness;
    this.pagemap = {
      type: PAGEMAP_PRIVATE,
      res: kernel.nextResource(kernel.scope.frames),
      ref: 0,
      owner: options.oneOwner && kernel.profile.ownersMatter ? kernel : this,
      data: this,
      pageFault: (process, index, page) => this.pageFault(process, index, page),
      pageFree: (page) => this.pageFree(page),
      folioSplit: (folio, tail) => this.folioSplit(folio, tail),
    };
    this.frames = kernel.addDeviceMemory(this.pagemap, kernel.profile.idleCount, FILLER);
    this.startFrames();
    this.#batch = new MigrateBatch(this.pagemap);
  }

  protected note(event: DriverEvent): void {
    this.harness.note(event);
  }

  /** With several devices, the event names the device. */
  protected noteFault(slot: number, index: number, page: Page): void {
    const fault = { event: 'fault', process: slot, page: index, frame: page.data } as const;
    this.note(devicesIn(this.kernel.scope) === 1 ? fault : { ...fault, device: this.number });
  }

  /**
   * Whether an injection makes the operation on a page fail; this counts one failure. A victim stands for the page that
   * is mapped there. For an unpopulated page (page frame number 0) the victim must be this index of this process.
   */
  protected shouldFail(
    kind: InjectionKind,
    pfn: number,
    process: Process | undefined,
    index: number,
  ): boolean {
    const { injections } = this.harness;
    const injection = injections.of(kind);
    if (injection === undefined) return false;
    if (!this.isVictim(injection.victim, pfn, process, index)) return false;
    injections.use(injection);
    return true;
  }

  protected isVictim(victim: Victim, pfn: number, process: Process | undefined, index: number): boolean {
    if (victim === 'any') return true;
    return pfn === 0
      ? victim.process === process?.slot && victim.page === index
      : this.kernel.mapsFrame(victim.process, victim.page, pfn);
  }

  // Frames

  /** Numbers the frames (the driver's word in each struct page) and marks all of them free. */
  protected startFrames(): void {
    this.freeFrames.length = 0;
    const { start, count } = this.pagemap.res;
    for (let frame = count - 1; frame >= 0; frame--) {
      this.kernel.page(start + frame).data = this.number * count + frame;
      this.freeFrames.push(start + frame);
    }
    this.pagemap.ref = 0;
  }

  /** The page_free callback. */
  protected pageFree(page: Page): void {
    this.note({ event: 'free', frame: page.data, refs: page.refs, maps: page.maps });
    fillPage(page, FILLER);
    this.pagemap.ref--;
    this.freeFrames.push(page.pfn);
  }

  /** The folio_split callback: a base page has left the large folio; or, without one, all have. */
  protected folioSplit(folio: Page, tail: Page | undefined): void {
    this.note({ event: 'split', frame: folio.data, ...(tail === undefined ? {} : { tail: tail.data }) });
  }

  /** Allocates a frame with one reference; undefined if none is free. */
  protected allocateFrame(): Page | undefined {
    const pfn = this.freeFrames.pop();
    if (pfn === undefined) return undefined;
    const page = this.kernel.page(pfn);
    this.kernel.initFolio(page, 1);
    this.note({ event: 'alloc', frame: page.data });
    this.pagemap.ref++;
    // In versions in which an allocation takes over the idle reference, that is the driver's reference.
    if (!this.kernel.profile.entryAllocatesIdleReference) this.kernel.getPage(page);
    return page;
  }

  protected copy(from: Page, to: Page): void {
    copyPage(from, to);
  }

  protected clear(page: Page): void {
    fillPage(page, 0);
  }

  // Migration

  /** The batch of this driver; a new one inside the window of a migration that uses it. */
  protected idleBatch(): MigrateBatch {
    return this.kernel.inProgress === this.#batch ? new MigrateBatch(this.pagemap) : this.#batch;
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

  /** @param compound whether large folios are offered as they are */
  migrateToDevice(process: Process, start: number, count: number, compound = false): PageOutcome[] {
    const batch = this.idleBatch();
    if (this.takesPages()) this.kernel.migrateSetup(batch, process, start, count, FROM_SYSTEM, compound);
    else batch.begin(process, start, count);
    if (!this.stillTakesPages()) return this.commit(batch);
    for (let i = 0; i < count; i++) if (batch.isMigrating(i)) this.migrateOut(batch, i, process);
    return this.commit(batch);
  }

  protected migrateOut(batch: MigrateBatch, i: number, process: Process): void {
    batch.dst[i] = this.placeOnDevice(batch.source(i), process, batch.start + i);
  }

  protected takesPages(): boolean {
    return this.attached && this.opened;
  }

  /** A concurrent command may have detached or closed the device while the pages were collected. */
  protected stillTakesPages(): boolean {
    return this.takesPages();
  }

  /** Allocates a frame and copies the page to it, or clears it for an unpopulated page; 0 if that fails. */
  protected placeOnDevice(source: number, process: Process, index: number): number {
    if (this.freeFrames.length === 0 || !this.mayPlace(source, process)) return 0;
    if (this.shouldFail('no-frame', source, process, index)) return 0;
    const frame = this.allocateFrame();
    if (frame === undefined) return 0;
    if (!this.fillFrame(frame, source, process, index)) {
      this.kernel.putPage(frame);
      return 0;
    }
    if (source === 0) this.kernel.chargeUnpopulated(process, frame);
    return frame.pfn;
  }

  /** A page is already charged; populating an unpopulated page needs a charge. */
  protected mayPlace(source: number, process: Process): boolean {
    return source !== 0 || this.kernel.mayChargeUnpopulated(process);
  }

  protected fillFrame(frame: Page, source: number, process: Process, index: number): boolean {
    if (this.shouldFail('no-copy', source, process, index)) return false;
    if (source === 0) this.clear(frame);
    else this.copy(this.kernel.page(source), frame);
    return true;
  }

  /** @param compound whether large folios are offered as they are */
  migrateToSystem(process: Process, start: number, count: number, compound = false): PageOutcome[] {
    const batch = this.idleBatch();
    this.kernel.migrateSetup(batch, process, start, count, FROM_DEVICE, compound);
    for (let i = 0; i < count; i++) {
      if (batch.isMigrating(i)) this.migrateBack(batch, i);
    }
    return this.commit(batch);
  }

  /** Allocates a system page for a device page and copies it. */
  protected migrateBack(batch: MigrateBatch, i: number): FaultResult {
    return this.placeInSystem(batch, i, batch.source(i));
  }

  protected placeInSystem(batch: MigrateBatch, i: number, pfn: number): FaultResult {
    const failure = this.failureOf(batch, i, pfn);
    if (failure === FAULT_DONE) this.copyToSystem(batch, i, pfn);
    return failure;
  }

  /** The injected failure of a migration to system memory. */
  protected failureOf(batch: MigrateBatch, i: number, pfn: number): FaultResult {
    const at = batch.start + i;
    if (!this.attached || this.shouldFail('sigbus', pfn, batch.process, at)) return FAULT_SIGBUS;
    return this.shouldFail('oom', pfn, batch.process, at) ? FAULT_OOM : FAULT_DONE;
  }

  protected copyToSystem(batch: MigrateBatch, i: number, pfn: number): void {
    const page = this.kernel.allocPage();
    this.copy(this.kernel.page(pfn), page);
    batch.dst[i] = page.pfn;
  }

  /** Migrates one page of a process to system memory, without a fault. */
  protected migrateOneBack(process: Process, index: number): FaultResult {
    return this.migrateRangeBack(process, index, 1, index);
  }

  /** Migrates a range to system memory. The wanted page is first; if it fails, no other page migrates. */
  protected migrateRangeBack(process: Process, start: number, count: number, wanted: number): FaultResult {
    const batch = this.idleBatch();
    this.kernel.migrateSetup(batch, process, start, count, FROM_DEVICE);
    const at = wanted - start;
    let result: FaultResult = batch.isMigrating(at) ? this.migrateBack(batch, at) : FAULT_SIGBUS;
    if (result === FAULT_DONE) result = this.migrateExtrasBack(batch, at);
    this.commit(batch);
    return result;
  }

  /** Migrates the other pages of the range. A failure of theirs does not make the fault fail. */
  protected migrateExtrasBack(batch: MigrateBatch, wanted: number): FaultResult {
    for (let i = 0; i < batch.count; i++) {
      if (i !== wanted && batch.isMigrating(i)) this.migrateBack(batch, i);
    }
    return FAULT_DONE;
  }

  // Eviction

  /** Migrates the page of a device entry to system memory, as if the driver needed its frame. */
  evict(process: Process, index: number): PageOutcome[] {
    const entry = process.entry(index);
    return [isDevice(entry) && this.evictPage(this.kernel.page(pfnOf(entry))) ? 'moved' : 'skipped'];
  }

  evictAll(): number {
    return this.attached ? this.evictEverything() : 0;
  }

  /** Migrates every page to system memory if possible; returns the number of migrated pages. */
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

  /** Migrates one page by frame, for all processes that map it. */
  protected evictPage(page: Page): boolean {
    const batch = this.idleBatch();
    this.kernel.migrateSetupPage(batch, page);
    if (batch.isMigrating(0)) this.migrateBack(batch, 0);
    this.commit(batch);
    return batch.isMigrating(0);
  }

  // Faults

  /** The page_fault callback: migrates the accessed page, and the rest of its chunk if possible. */
  protected pageFault(slot: number, index: number, page: Page): FaultResult {
    this.noteFault(slot, index, page);
    if (this.isGone(slot, index, page)) return FAULT_DONE;
    const process = this.kernel.process(slot);
    const result = this.migrateChunkBack(process, index);
    if (result === FAULT_SIGBUS) this.poisonAfterFailure(process, index);
    return result;
  }

  /** Migrates the accessed page and the aligned pages around it. */
  protected migrateChunkBack(process: Process, index: number): FaultResult {
    const start = index - (index % this.options.chunk);
    const count = Math.min(this.options.chunk, this.kernel.scope.pages - start);
    return this.migrateRangeBack(process, start, count, index);
  }

  /** Whether a concurrent command has changed the entry. The access is then retried. */
  protected isGone(slot: number, index: number, page: Page): boolean {
    return !this.kernel.mapsFrame(slot, index, page.pfn);
  }

  /** The content cannot be migrated: poisons the accessed entry in versions that do so. */
  protected poisonAfterFailure(process: Process, index: number): void {
    if (this.kernel.profile.failedFaultPoisons) this.kernel.poisonEntry(process, index);
  }

  // Accesses by the device

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

  /** The entry of a page that the device may access; else the error. */
  protected lookUp(process: Process, index: number, write: boolean): number | ErrorName {
    const refusal = this.refusal(process, index, write);
    if (refusal !== undefined) return refusal;
    const { kernel } = this;
    if (kernel.concurrent === undefined) return process.entry(index);
    // A window between look-up and access, after which the look-up is repeated.
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

  /** Whether the frame of a device entry belongs to this device or to another one of the same owner. */
  protected isOwn(entry: number): boolean {
    return this.kernel.page(pfnOf(entry)).pagemap?.owner === this.pagemap.owner;
  }

  /** Accesses system memory with the same faults as the CPU. */
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

  /** A page of another owner: depending on the version, its fault migrates it, the access fails, or it is read in place. */
  protected loadForeign(process: Process, index: number, entry: number): Result {
    const { foreignAccessFaults, ownersMatter } = this.kernel.profile;
    if (foreignAccessFaults) return this.loadFromSystem(process, index);
    return ownersMatter ? 'EFAULT' : readPage(this.kernel.page(pfnOf(entry)));
  }

  protected storeForeign(process: Process, index: number, value: number): Result {
    return this.kernel.profile.foreignAccessFaults ? this.storeInSystem(process, index, value) : 'EFAULT';
  }

  /** A READ entry may be shared: the page migrates to system memory, where the store copies it if necessary. */
  protected storeThroughRead(process: Process, index: number, value: number): Result {
    if (!this.options.copiesOnWrite) return 'EFAULT';
    const result = this.migrateOneBack(process, index);
    if (result !== FAULT_DONE) return result === FAULT_OOM ? 'ENOMEM' : 'EFAULT';
    return this.storeInSystem(process, index, value);
  }

  /** Makes a page of system memory device-exclusive. It is faulted in as for a store before. */
  makeExclusive(process: Process, index: number): Result {
    const entry = this.lookUp(process, index, true);
    if (typeof entry !== 'number') return entry;
    const pfn = this.kernel.access(process, index, true);
    if (pfn < 0) return this.kernel.errorOf(pfn);
    this.kernel.makeExclusive(process, index);
    return 'ok';
  }

  /** An atomic exchange on a device-exclusive page. */
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

  // Attach, detach, open, close

  /** If the previous range is occupied, the device gets another one. */
  attach(): Result {
    if (this.attached) return 'EBUSY';
    this.startFrames();
    this.attached = true;
    this.rangeIsTaken = true;
    return 'ok';
  }

  /** Migrates every page to system memory and detaches; fails if a page cannot be migrated. */
  detach(): Result {
    if (!this.attached) return 'ENODEV';
    this.evictEverything();
    if (!this.isDrained()) return 'EBUSY';
    this.attached = false;
    this.rangeIsTaken = false;
    return 'ok';
  }

  protected isDrained(): boolean {
    return this.pagemap.ref === 0;
  }

  surpriseRemove(): Result {
    if (!this.attached) return 'ENODEV';
    this.loseEverything();
    this.attached = false;
    this.rangeIsTaken = false;
    return 'ok';
  }

  /** Poisons every entry of this device's frames, which frees them. */
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

  /** Adds system memory in the range of the device's memory. */
  addMemory(): Result {
    if (this.rangeIsTaken) return 'EEXIST';
    this.rangeIsTaken = true;
    return 'ok';
  }

  /** Copies the state of a driver to this one, for a copy of its kernel. */
  copyFrom(other: PageDriver): void {
    this.attached = other.attached;
    this.opened = other.opened;
    this.rangeIsTaken = other.rangeIsTaken;
    this.pagemap.ref = other.pagemap.ref;
    copyNumbers(other.freeFrames, this.freeFrames);
  }
}
