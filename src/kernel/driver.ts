import type { InjectionKind } from '../../spec/vocabulary/command.ts';
import type { PageOutcome } from '../../spec/vocabulary/result.ts';
import type { DriverHarness } from './driver-harness.ts';
import { isDevice, NONE, pfnOf } from './entry.ts';
import { FROM_DEVICE, type MigrateBatch } from './migrate-batch.ts';
import type { Kernel } from './kernel.ts';
import {
  FAULT_DONE,
  FAULT_OOM,
  FAULT_SIGBUS,
  type FaultResult,
  FILLER,
  fillPage,
  type Page,
} from './memory.ts';
import { type DriverOptions, PageDriver } from './page-driver.ts';
import type { Process } from './process.ts';

/** Injections that prevent a migration of a whole large folio to system memory. */
const OBSTACLES: readonly InjectionKind[] = ['sigbus', 'oom', 'no-large-page'];

/**
 * Layer 2, the complete driver of one device: in worlds with blocks it also allocates blocks of the same frames, and
 * migrates large folios as they are. Where there is no block of frames or no large system page, it falls back to base
 * pages, before which the kernel splits the folio.
 */
export class Driver extends PageDriver {
  /** One page of the large folio. */
  protected part(folio: Page, at: number): Page {
    return this.kernel.page(folio.pfn + at);
  }

  // Frames

  protected override pageFree(page: Page): void {
    const { size } = page;
    if (size === 1) {
      super.pageFree(page);
      return;
    }
    this.note({ event: 'free', frame: page.data, refs: page.refs, maps: page.folioMaps, large: true });
    for (let at = 0; at < size; at++) this.releaseFrame(this.part(page, at));
  }

  protected releaseFrame(page: Page): void {
    fillPage(page, FILLER);
    this.pagemap.ref--;
    this.freeFrames.push(page.pfn);
  }

  /** Allocates a block of frames as a large folio with one reference; undefined if no block is free. */
  protected allocateBlock(): Page | undefined {
    const first = this.freeBlock();
    if (first === undefined) return undefined;
    const { block } = this.kernel;
    for (let at = 0; at < block; at++) this.freeFrames.splice(this.freeFrames.indexOf(first + at), 1);
    const folio = this.kernel.page(first);
    this.kernel.initFolio(folio, block);
    this.note({ event: 'alloc', frame: folio.data, large: true });
    this.pagemap.ref += block;
    this.kernel.getPage(folio);
    return folio;
  }

  /** The first frame of a block of free frames; the one that was used last. */
  protected freeBlock(): number | undefined {
    const { block } = this.kernel;
    const { start, count } = this.pagemap.res;
    for (const pfn of this.freeFrames.toReversed()) {
      const at = this.kernel.blockStart(pfn - start);
      if (at + block <= count && this.isFreeBlock(start + at)) return start + at;
    }
    return undefined;
  }

  private isFreeBlock(first: number): boolean {
    for (let at = 0; at < this.kernel.block; at++) if (!this.freeFrames.includes(first + at)) return false;
    return true;
  }

  /** Whether an injection makes the migration of a large folio, or an unpopulated block, fail: it strikes any of its pages. */
  protected shouldFailWhole(kind: InjectionKind, batch: MigrateBatch, i: number): boolean {
    const { injections } = this.harness;
    const injection = injections.of(kind);
    if (injection === undefined) return false;
    const pfn = batch.source(i);
    for (let at = 0; at < this.kernel.block; at++) {
      const part = pfn === 0 ? 0 : pfn + at;
      if (!this.isVictim(injection.victim, part, batch.process, batch.start + i + at)) continue;
      injections.use(injection);
      return true;
    }
    return false;
  }

  // Migration

  /** A large folio that has moved as it is has one outcome for each of its pages. */
  protected override outcomes(batch: MigrateBatch): PageOutcome[] {
    const outcomes = super.outcomes(batch);
    for (let i = 0; i < batch.count; i++) {
      if (batch.isCompound(i) && batch.isMigrating(i)) outcomes.fill('whole', i, i + this.kernel.block);
    }
    return outcomes;
  }

  protected override migrateOut(batch: MigrateBatch, i: number, process: Process): void {
    if (!batch.isCompound(i)) super.migrateOut(batch, i, process);
    else if (this.hasBlock(batch, i)) this.placeFolio(batch, i, process);
    else this.placeParts(batch, i, process);
  }

  protected hasBlock(batch: MigrateBatch, i: number): boolean {
    return this.freeBlock() !== undefined && !this.shouldFailWhole('no-large-frame', batch, i);
  }

  /** Allocates a block of frames and copies the folio to it, or clears it for an unpopulated block. */
  protected placeFolio(batch: MigrateBatch, i: number, process: Process): void {
    const source = batch.source(i);
    if (!this.mayPlace(source, process) || this.shouldFailWhole('no-frame', batch, i)) return;
    const folio = this.allocateBlock();
    if (folio === undefined) return;
    if (this.shouldFailWhole('no-copy', batch, i)) {
      this.kernel.putPage(folio);
      return;
    }
    if (source === 0) this.clearFolio(folio);
    else this.copyFolio(this.kernel.page(source), folio);
    if (source === 0) this.kernel.chargeUnpopulated(process, folio);
    batch.dst[i] = folio.pfn;
  }

  /** Without a block of frames the pages get one frame each. */
  protected placeParts(batch: MigrateBatch, i: number, process: Process): void {
    const source = batch.source(i);
    for (let at = 0; at < this.kernel.block; at++) {
      const part = source === 0 ? 0 : source + at;
      batch.dst[i + at] = this.placeOnDevice(part, process, batch.start + i + at);
    }
  }

  protected copyFolio(from: Page, to: Page): void {
    for (let at = 0; at < to.size; at++) this.copy(this.part(from, at), this.part(to, at));
  }

  protected clearFolio(folio: Page): void {
    for (let at = 0; at < folio.size; at++) this.clear(this.part(folio, at));
  }

  protected override migrateBack(batch: MigrateBatch, i: number): FaultResult {
    return batch.isCompound(i) ? this.migrateFolioBack(batch, i) : super.migrateBack(batch, i);
  }

  protected migrateFolioBack(batch: MigrateBatch, i: number): FaultResult {
    if (!this.attached || this.shouldFailWhole('sigbus', batch, i)) return FAULT_SIGBUS;
    if (this.shouldFailWhole('oom', batch, i)) return FAULT_OOM;
    if (this.shouldFailWhole('no-large-page', batch, i)) this.placePartsInSystem(batch, i);
    else this.placeFolioInSystem(batch, i);
    return FAULT_DONE;
  }

  protected placeFolioInSystem(batch: MigrateBatch, i: number): void {
    const folio = this.kernel.allocFolio();
    this.copyFolio(this.kernel.page(batch.source(i)), folio);
    batch.dst[i] = folio.pfn;
  }

  /** Without a large page the pages get one system page each. */
  protected placePartsInSystem(batch: MigrateBatch, i: number): void {
    const source = batch.source(i);
    for (let at = 0; at < this.kernel.block; at++) this.placeInSystem(batch, i + at, source + at);
  }

  // Eviction

  protected override evictEverything(): number {
    return this.kernel.block === 1 ? super.evictEverything() : this.evictFrames(0, this.frames.length);
  }

  /** Migrates the pages on a range of frames of this device; returns their number. */
  evictRange(first: number, count: number): number {
    return this.attached ? this.evictFrames(first, first + count) : 0;
  }

  protected evictFrames(first: number, end: number): number {
    let evicted = 0;
    for (let at = first; at < end; at++) {
      const page = this.frames[at];
      if (page === undefined || !this.isInUse(page)) continue;
      const { folio } = page;
      if (this.evictsWhole(folio, at, end)) {
        evicted += this.evictFolio(folio);
        at += folio.size - 1;
      } else if (this.evictPage(page)) evicted++;
    }
    return evicted;
  }

  protected override isInUse(page: Page): boolean {
    return super.isInUse(page.folio);
  }

  /** Whether a large folio is completely in the range and mapped as it is. Otherwise it is split. */
  protected evictsWhole(folio: Page, at: number, end: number): boolean {
    const isInRange = this.frames[at] === folio && at + folio.size <= end;
    return isInRange && folio.wholeMaps > 0;
  }

  /** Migrates one large folio by frame; returns the number of pages that moved. */
  protected evictFolio(folio: Page): number {
    const batch = this.idleBatch();
    this.kernel.migrateSetupFolio(batch, folio);
    if (batch.isMigrating(0)) this.migrateBack(batch, 0);
    return this.commit(batch).filter((outcome) => outcome !== 'skipped').length;
  }

  // Faults

  protected override pageFault(slot: number, index: number, page: Page): FaultResult {
    const process = this.kernel.process(slot);
    if (process.wholeEntry(index) === NONE) return super.pageFault(slot, index, page);
    this.noteFault(slot, index, page);
    return this.isGone(slot, index, page) ? FAULT_DONE : this.wholeFault(process, index);
  }

  /** Around a page there may be pages of another large folio. They stay, because a fault that fails would leave it split. */
  protected override migrateChunkBack(process: Process, index: number): FaultResult {
    return this.kernel.block > 1 && this.isNextToFolio(process, index)
      ? this.migrateOneBack(process, index)
      : super.migrateChunkBack(process, index);
  }

  private isNextToFolio(process: Process, index: number): boolean {
    const { chunk } = this.options;
    const start = index - (index % chunk);
    const folios = process.entries
      .map((_, at) => process.entry(at))
      .slice(start, start + chunk)
      .map((entry) => (isDevice(entry) ? this.kernel.page(pfnOf(entry)).folio : undefined));
    return folios.some((folio) => folio?.isLarge === true && folio !== folios[index - start]);
  }

  /** Migrates the large folio of a whole entry; if that is not possible, the accessed page alone. */
  protected wholeFault(process: Process, index: number): FaultResult {
    const batch = this.idleBatch();
    const first = this.kernel.blockStart(index);
    this.kernel.migrateSetup(batch, process, first, this.kernel.block, FROM_DEVICE, true);
    const result = batch.isMigrating(0) ? this.bringFolioBack(batch, index - first) : FAULT_SIGBUS;
    this.commit(batch);
    return result === FAULT_DONE && this.isSplitRefused(batch, index - first)
      ? this.afterRefusedSplit()
      : result;
  }

  /** Whether the page had a destination and could not leave its large folio. */
  private isSplitRefused(batch: MigrateBatch, wanted: number): boolean {
    return batch.destination(wanted) !== 0 && !batch.isMigrating(0) && !batch.isMigrating(wanted);
  }

  /** The accessed page cannot leave the folio, and the folio cannot migrate whole. */
  protected afterRefusedSplit(): FaultResult {
    return FAULT_SIGBUS;
  }

  protected bringFolioBack(batch: MigrateBatch, wanted: number): FaultResult {
    const pfn = batch.source(0) + wanted;
    const failure = this.failureOf(batch, wanted, pfn);
    if (failure !== FAULT_DONE) return failure;
    if (this.migratesWhole(batch)) this.placeFolioInSystem(batch, 0);
    else this.copyToSystem(batch, wanted, pfn);
    return FAULT_DONE;
  }

  /** A failure of another page, or the lack of a large page, does not make the fault fail. */
  protected migratesWhole(batch: MigrateBatch): boolean {
    return !OBSTACLES.some((kind) => this.shouldFailWhole(kind, batch, 0));
  }
}

/** The class itself, or a subclass with a planted bug. */
export type DriverClass = new (
  kernel: Kernel,
  options: DriverOptions,
  number: number,
  harness: DriverHarness,
) => Driver;

/** A kernel and the drivers of its devices. */
export interface KernelAndDrivers {
  readonly kernel: Kernel;
  readonly drivers: readonly Driver[];
  readonly harness: DriverHarness;
}
