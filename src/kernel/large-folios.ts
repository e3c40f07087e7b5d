import type { Result } from '../../spec/vocabulary/result.ts';
import {
  dirtied,
  entryWithin,
  isDevice,
  isMigration,
  isPresent,
  isSoftDirty,
  isWritable,
  NONE,
  pfnOf,
  presentEntry,
  writable,
} from './entry.ts';
import { FaultsAndMigration } from './faults-and-migration.ts';
import { FROM_SYSTEM, type MigrateBatch, type Selection } from './migrate-batch.ts';
import { copyPage, type DevPagemap, FILLER, fillPage, NO_MAPPING, Page } from './memory.ts';
import { PRIVATE_VMA, type Process, VMA_WRITE } from './process.ts';

/**
 * Layer 4 of the kernel: large folios, in worlds with blocks. A large folio has one reference count, one reverse mapping
 * and one charge, which are kept in its first page. A whole entry (a PMD entry) covers a block of a process's pages;
 * otherwise each page of the folio has an entry of its own. Splitting a whole entry leaves the folio as it is, and
 * splitting the folio splits its whole entries.
 */
export class LargeFolios extends FaultsAndMigration {
  // Folios

  /** One page of the large folio. */
  protected part(folio: Page, at: number): Page {
    return this.page(folio.pfn + at);
  }

  /** The first page of the block of a process's page. */
  blockStart(index: number): number {
    return index - (index % this.block);
  }

  /** Makes one folio of free pages. Each of them is initialized, because it may have been part of another folio. */
  initFolio(first: Page, size: number): void {
    for (let at = 0; at < size; at++) this.initPart(this.part(first, at), first, size);
  }

  protected initPart(page: Page, head: Page, size: number): void {
    page.head = head;
    page.size = page === head ? size : 1;
    page.maps = 0;
    page.wholeMaps = 0;
    page.totalMaps = 0;
  }

  /** Allocates a large system page with one reference. Its content is undefined. */
  allocFolio(): Page {
    const folio = this.takeFreeBlock() ?? this.addBlock();
    this.initFolio(folio, this.block);
    folio.refs = 1;
    return folio;
  }

  /** An aligned block of free system pages, which are no longer free then. */
  private takeFreeBlock(): Page | undefined {
    const { block, freePages } = this;
    for (let i = freePages.length - 1; i >= 0; i--) {
      const first = this.blockStart(freePages[i] ?? 0);
      const taken = freePages.filter((pfn) => this.blockStart(pfn) === first);
      if (taken.length < block) continue;
      for (const pfn of taken) freePages.splice(freePages.indexOf(pfn), 1);
      return this.page(first);
    }
    return undefined;
  }

  private addBlock(): Page {
    for (; this.pages.length % this.block !== 0;) this.freePages.push(this.addSystemPage().pfn);
    const first = this.addSystemPage();
    for (let at = 1; at < this.block; at++) this.addSystemPage();
    return first;
  }

  private addSystemPage(): Page {
    const page = new Page(this.pages.length, undefined, 0, FILLER);
    this.pages.push(page);
    return page;
  }

  /** A large system page is uncharged in one piece; then its pages are free as base pages. */
  protected override freeSystemPage(page: Page): void {
    const { size } = page;
    if (size === 1) {
      super.freeSystemPage(page);
      return;
    }
    this.uncharge(page);
    this.clearMapping(page);
    for (let at = 0; at < size; at++) {
      const part = this.part(page, at);
      this.initPart(part, part, 1);
      super.freeSystemPage(part);
    }
  }

  // Splitting a folio

  /** Whether an injection refuses the split of a folio, as a further reference would. */
  refusesSplit: (folio: Page) => boolean = () => false;

  /**
   * Splits a large folio into base pages. It fails if a reference belongs neither to an entry nor to the caller.
   *
   * @param held the number of references that the caller holds: one for each page afterwards
   */
  splitFolio(folio: Page, held: number): boolean {
    if (!this.maySplit(folio, held)) return false;
    for (const process of this.processes) this.splitEntriesFor(process, folio);
    const { size } = folio;
    for (let at = 1; at < size; at++) this.splitTail(folio, this.part(folio, at), at, held);
    this.splitHead(folio, held);
    this.reportSplit(folio, size);
    for (let at = 0; at < size; at++) this.freeIfUnused(this.part(folio, at));
    return true;
  }

  protected maySplit(folio: Page, held: number): boolean {
    return folio.refs === folio.totalMaps + held && !this.refusesSplit(folio);
  }

  /** Tells the driver of a device about each base page that leaves the folio, and then about the end. */
  protected reportSplit(folio: Page, size: number): void {
    const { pagemap } = folio;
    if (pagemap === undefined) return;
    for (let at = 1; at < size; at++) this.callFolioSplit(pagemap, folio, this.part(folio, at));
    this.callFolioSplit(pagemap, folio, undefined);
  }

  protected callFolioSplit(pagemap: DevPagemap, folio: Page, tail: Page | undefined): void {
    pagemap.folioSplit?.(folio, tail);
  }

  /** Splits the whole entries of the folio, also those of a migration. */
  protected splitEntriesFor(process: Process, folio: Page): void {
    for (let index = 0; index + this.block <= this.scope.pages; index += this.block) {
      const whole = process.wholeEntry(index);
      if (whole !== NONE && pfnOf(whole) === folio.pfn) this.splitEntry(process, index);
    }
  }

  /** Each page gets the reverse mapping, the charge and its own share of the references. */
  protected splitTail(folio: Page, tail: Page, at: number, held: number): void {
    tail.head = tail;
    tail.mapping = folio.mapping;
    tail.index = folio.index + at;
    tail.group = folio.group;
    tail.refs = this.referencesAfterSplit(tail, held);
    tail.least = tail.refs;
  }

  protected splitHead(folio: Page, held: number): void {
    folio.size = 1;
    folio.wholeMaps = 0;
    folio.totalMaps = 0;
    folio.refs = this.referencesAfterSplit(folio, held);
  }

  protected referencesAfterSplit(page: Page, held: number): number {
    return page.maps + held;
  }

  /** A page that the split leaves without a reference is freed as a base page. */
  protected freeIfUnused(page: Page): void {
    if (page.refs > 0) return;
    if (page.pagemap === undefined) this.freeSystemPage(page);
    else this.freeDevicePage(page, page.pagemap);
  }

  /** Whether the process maps a page of the folio at this place. */
  mapsFolio({ process, page }: { readonly process: number; readonly page: number }, folio: Page): boolean {
    for (let at = 0; at < folio.size; at++) if (this.mapsFrame(process, page, folio.pfn + at)) return true;
    return false;
  }

  // Whole entries. A page table is deposited with each, so that splitting it needs no memory.

  protected insertWholeEntry(process: Process, index: number, entry: number): void {
    this.depositTable(process);
    process.setWholeEntry(index, entry);
  }

  protected removeWholeEntry(process: Process, index: number): void {
    this.withdrawTable(process);
    process.setWholeEntry(index, NONE);
  }

  protected depositTable(process: Process): void {
    process.deposits++;
  }

  protected withdrawTable(process: Process): void {
    if (process.deposits === 0) throw new Error(`process ${process.slot} has no deposited page table`);
    process.deposits--;
  }

  protected addWholeMap(folio: Page, offset: number): void {
    folio.wholeMaps++;
    folio.totalMaps++;
    if (folio.mapping === NO_MAPPING) this.setMapping(folio, offset);
  }

  protected removeWholeMap(folio: Page): void {
    folio.wholeMaps--;
    folio.totalMaps--;
  }

  /** Replaces the whole entry that covers a page, if there is one, by an entry for each page. */
  protected splitEntryAt(process: Process, index: number): void {
    if (process.wholeEntry(index) !== NONE) this.splitEntry(process, index);
  }

  protected splitEntry(process: Process, index: number): void {
    const first = this.blockStart(index);
    const whole = process.wholeEntry(index);
    this.removeWholeEntry(process, index);
    for (let at = 0; at < this.block; at++) process.entries[first + at] = this.entryOfPart(whole, at);
    if (!isMigration(whole)) this.countSplitEntry(this.page(pfnOf(whole)));
  }

  /** The entry for one page: the same permission, and the frame of that page. */
  protected entryOfPart(whole: number, at: number): number {
    return entryWithin(whole, at);
  }

  /** One entry has become one for each page, each with a reference and a map count. */
  protected countSplitEntry(folio: Page): void {
    folio.wholeMaps--;
    folio.totalMaps += folio.size - 1;
    folio.refs += folio.size - 1;
    for (let at = 0; at < folio.size; at++) this.part(folio, at).maps++;
  }

  /** Clears a whole entry. */
  protected zapWhole(process: Process, index: number): void {
    const whole = process.wholeEntry(index);
    if (whole === NONE) return;
    this.removeWholeEntry(process, index);
    this.addRss(process, -this.block);
    if (!isMigration(whole)) this.dropWholeEntryOf(this.page(pfnOf(whole)));
  }

  protected dropWholeEntryOf(folio: Page): void {
    this.removeWholeMap(folio);
    this.putPage(folio);
  }

  // Commands on one page of a whole entry

  /** The concurrent command may have mapped the block by a whole entry. */
  protected override entryAfterConcurrent(process: Process, index: number): number {
    super.entryAfterConcurrent(process, index);
    this.splitEntryAt(process, index);
    return process.entry(index);
  }

  protected override zapEntry(process: Process, index: number): void {
    // With a window, the entry is split after it.
    if (!this.isUnlocked(process)) this.splitEntryAt(process, index);
    super.zapEntry(process, index);
  }

  override protect(process: Process, index: number, protection: number): void {
    if (protection !== process.protection(index)) this.splitEntryAt(process, index);
    super.protect(process, index, protection);
  }

  protected override moveEntry(process: Process, index: number, to: number): void {
    this.splitEntryAt(process, index);
    super.moveEntry(process, index, to);
  }

  // Commands on a block. Each holds the lock of the mappings throughout, so there is no window.

  /** Maps a block with the advice to use large pages. */
  mapBlock(process: Process, index: number, protection: number): void {
    this.forBlock(index, (page) => {
      this.map(process, page, PRIVATE_VMA, protection);
      process.huge[page] = true;
    });
  }

  unmapBlock(process: Process, index: number): void {
    this.zapWhole(process, index);
    this.withoutWindow(() => this.forBlock(index, (page) => this.unmap(process, page)));
  }

  discardBlock(process: Process, index: number): Result {
    this.zapWhole(process, index);
    this.withoutWindow(() => this.forBlock(index, (page) => this.discard(process, page)));
    return 'ok';
  }

  protectBlock(process: Process, index: number, protection: number): void {
    const whole = process.wholeEntry(index);
    if (whole === NONE)
      this.withoutWindow(() => this.forBlock(index, (page) => this.protect(process, page, protection)));
    else if (protection !== process.protection(index)) this.protectWhole(process, index, whole, protection);
  }

  protected protectWhole(process: Process, index: number, whole: number, protection: number): void {
    this.forBlock(index, (page) => (process.protections[page] = protection));
    process.setWholeEntry(index, this.protectedEntry(whole, protection));
  }

  moveBlock(process: Process, index: number, to: number, keep: boolean): void {
    const whole = process.wholeEntry(index);
    const target = this.blockStart(to);
    if (whole !== NONE) this.takeWholeOut(process, index);
    this.withoutWindow(() => {
      this.forBlock(index, (page) => {
        const isHuge = process.isHuge(page);
        const at = target + page - this.blockStart(index);
        this.move(process, page, at, keep);
        process.huge[at] = isHuge;
      });
    });
    if (whole !== NONE) process.setWholeEntry(target, this.movedEntry(whole));
  }

  /** The deposited page table moves with the entry. */
  protected takeWholeOut(process: Process, index: number): void {
    process.setWholeEntry(index, NONE);
  }

  private forBlock(index: number, run: (page: number) => void): void {
    const first = this.blockStart(index);
    for (let at = 0; at < this.block; at++) run(first + at);
  }

  override exit(process: Process): void {
    super.exit(process);
    if (process.deposits !== 0) throw new Error(`process ${process.slot} ends with deposited page tables`);
  }

  protected override unmapAtExit(process: Process, index: number): void {
    if (process.wholeEntry(index) === NONE) super.unmapAtExit(process, index);
    else this.unmapBlock(process, this.blockStart(index));
  }

  // Split and collapse

  /** Splits the large folio of a page and moves nothing. */
  split(process: Process, index: number): Result {
    const entry = process.entry(index);
    if (!this.namesPage(entry)) return 'EINVAL';
    const folio = this.page(pfnOf(entry)).head;
    if (folio.size === 1) return 'EINVAL';
    return this.splitFolio(folio, 0) ? 'ok' : 'EBUSY';
  }

  /** Replaces the pages of a block by a large folio in system memory with a whole entry of this process. */
  collapse(process: Process, index: number): Result {
    const first = this.blockStart(index);
    const whole = process.wholeEntry(first);
    if (whole !== NONE) return isPresent(whole) ? 'ok' : 'EINVAL';
    if (!this.isOneMapping(process, first) || !this.isCollapsible(process, first)) return 'EINVAL';
    const isDirty = this.isDirtyBlock(process, first);
    const folio = this.allocFolio();
    this.forBlock(first, (page) => this.collapsePage(process, page, this.part(folio, page - first)));
    this.charge(folio, process.group);
    this.addWholeMap(folio, process.offset(first));
    this.addRss(process, this.block);
    const entry = presentEntry(folio.pfn, process.protection(first) === VMA_WRITE);
    this.insertWholeEntry(process, first, isDirty ? dirtied(entry) : entry);
    return 'ok';
  }

  /** Whether a page of the block is soft-dirty, so that all of them are in a whole entry. */
  protected isDirtyBlock(process: Process, first: number): boolean {
    for (let index = first; index < first + this.block; index++) {
      if (isSoftDirty(process.entry(index))) return true;
    }
    return false;
  }

  /** Whether each page of the block is unpopulated, or in system memory and not pinned. */
  protected isCollapsible(process: Process, first: number): boolean {
    for (let index = first; index < first + this.block; index++) {
      if (process.kind(index) !== PRIVATE_VMA || !this.mayCollapse(process.entry(index))) return false;
    }
    return true;
  }

  protected mayCollapse(entry: number): boolean {
    if (entry === NONE) return true;
    return isPresent(entry) && this.mayMove(this.page(pfnOf(entry)));
  }

  /** Copies a page to its part of the new folio, or clears that, and removes its entry. Other processes keep the page. */
  protected collapsePage(process: Process, index: number, part: Page): void {
    const entry = process.entry(index);
    if (entry === NONE) fillPage(part, 0);
    else copyPage(this.page(pfnOf(entry)), part);
    this.zapEntry(process, index);
  }

  // Fork

  override fork(parent: Process, child: Process): void {
    super.fork(parent, child);
    for (const [index, isHuge] of parent.huge.entries()) child.huge[index] = isHuge;
  }

  protected override forkEntry(parent: Process, child: Process, index: number): void {
    const whole = parent.wholeEntry(index);
    if (whole === NONE) super.forkEntry(parent, child, index);
    else if (index === this.blockStart(index)) this.forkWhole(parent, child, index, whole);
  }

  protected forkWhole(parent: Process, child: Process, index: number, whole: number): void {
    const folio = this.page(pfnOf(whole));
    if (isPresent(whole) && this.copiesAtFork(folio)) {
      // No page of a folio tells which of them is pinned: each is copied.
      this.splitEntry(parent, index);
      super.forkEntry(parent, child, index);
      return;
    }
    this.shareWhole(child, index, folio);
    parent.setWholeEntry(index, this.parentEntry(whole));
    this.insertWholeEntry(child, index, this.childEntry(whole));
  }

  /** One reference and one map count for the whole entry. */
  protected shareWhole(child: Process, index: number, folio: Page): void {
    this.getPage(folio);
    this.addWholeMap(folio, child.offset(index));
    this.addRss(child, this.block);
  }

  // Fault path

  protected override unpopulatedFault(process: Process, index: number, write: boolean): number {
    if (!write || !this.populatesWhole(process, this.blockStart(index)))
      return super.unpopulatedFault(process, index, write);
    const first = this.blockStart(index);
    const folio = this.allocFolio();
    this.clearFolio(folio);
    this.charge(folio, process.group);
    this.addWholeMap(folio, process.offset(first));
    this.addRss(process, this.block);
    this.insertWholeEntry(process, first, presentEntry(folio.pfn, true));
    return folio.pfn + index - first;
  }

  protected clearFolio(folio: Page): void {
    for (let at = 0; at < folio.size; at++) fillPage(this.part(folio, at), 0);
  }

  /** Whether a store to a page of the block makes a large folio. */
  protected populatesWhole(process: Process, first: number): boolean {
    if (this.block === 1 || first + this.block > this.scope.pages) return false;
    for (let at = 0; at < this.block; at++) if (!process.isHuge(first + at)) return false;
    return this.isUnpopulatedBlock(process, first);
  }

  /** Whether the pages of the block are unpopulated and of one mapping. */
  protected isUnpopulatedBlock(process: Process, first: number): boolean {
    for (let index = first; index < first + this.block; index++) {
      if (process.entry(index) !== NONE || !this.unpopulatedMayMove(process, index)) return false;
    }
    return this.isOneMapping(process, first);
  }

  /** Whether the pages of the block are of one mapping. */
  private isOneMapping(process: Process, first: number): boolean {
    for (let index = first; index < first + this.block; index++) {
      if (process.protection(index) !== process.protection(first)) return false;
      if (process.isHuge(index) !== process.isHuge(first)) return false;
      if (process.offset(index) - index !== process.offset(first) - first) return false;
    }
    return true;
  }

  /** A store to a shared folio copies one page, for which the process needs an entry of its own. */
  protected override writeFault(process: Process, index: number, entry: number): number {
    const whole = process.wholeEntry(index);
    if (whole === NONE) return super.writeFault(process, index, entry);
    if (this.mayReuse(this.page(pfnOf(whole)))) process.setWholeEntry(index, writable(whole));
    else this.splitEntry(process, index);
    const now = process.entry(index);
    return isWritable(now) ? pfnOf(now) : super.writeFault(process, index, now);
  }

  /** Whether the folio has no entry but the whole entry of this process. */
  protected mayReuse(folio: Page): boolean {
    return folio.totalMaps === 1;
  }

  protected override breakSharing(process: Process, index: number, old: Page): number {
    this.splitEntryAt(process, index);
    return super.breakSharing(process, index, old);
  }

  protected override noteStore(process: Process, index: number): void {
    const whole = process.wholeEntry(index);
    if (whole === NONE) super.noteStore(process, index);
    else process.setWholeEntry(index, dirtied(whole));
  }

  protected override cleanPage(process: Process, index: number): void {
    const whole = process.wholeEntry(index);
    if (whole === NONE) super.cleanPage(process, index);
    else process.setWholeEntry(index, this.cleanEntry(whole));
  }

  // Migration

  protected override collect(
    batch: MigrateBatch,
    i: number,
    process: Process,
    index: number,
    from: Selection,
  ): void {
    if (this.block > 1) {
      const at = index - this.blockStart(index);
      if (at <= i && batch.isCompound(i - at)) return;
      if (this.coversBlock(batch, i, index) && this.collectBlock(batch, i, process, index, from)) return;
      if (!this.splitToCollect(batch, process.entry(index), from)) return;
    }
    super.collect(batch, i, process, index, from);
  }

  /** Whether large folios are offered as they are, and the range contains all pages of the block. */
  protected coversBlock(batch: MigrateBatch, i: number, index: number): boolean {
    return batch.compound && index === this.blockStart(index) && i + this.block <= batch.count;
  }

  /** There is no window while a reference is held to a large folio, which the concurrent command then could not split. */
  protected override runConcurrentIn(batch: MigrateBatch): void {
    for (let i = 0; i < batch.count; i++) if (batch.isCompound(i) && batch.source(i) !== 0) return;
    super.runConcurrentIn(batch);
  }

  protected override isStillThere(batch: MigrateBatch, i: number, maps: number): boolean {
    const { process } = batch;
    if (process === undefined || !batch.isCompound(i)) return super.isStillThere(batch, i, maps);
    return this.isUnpopulatedBlock(process, batch.start + i);
  }

  /** Offers the large folio of a whole entry, or an unpopulated block, as it is. */
  protected collectBlock(
    batch: MigrateBatch,
    i: number,
    process: Process,
    index: number,
    from: Selection,
  ): boolean {
    const whole = process.wholeEntry(index);
    if (whole === NONE) {
      if (from !== FROM_SYSTEM || !this.isUnpopulatedBlock(process, index)) return false;
      batch.collectCompound(i, 0);
      return true;
    }
    const folio = this.page(pfnOf(whole));
    // From one device to another of its owner, pages migrate one by one.
    const isJoined = from === FROM_SYSTEM && isDevice(whole);
    if (isJoined || !this.isOffered(batch, whole, folio, from)) return false;
    this.collectFolio(batch, i, folio);
    return true;
  }

  protected collectFolio(batch: MigrateBatch, i: number, folio: Page): void {
    this.getPage(folio);
    batch.collectCompound(i, folio.pfn);
  }

  /** Whether a large folio with this entry is one to migrate: the conditions are those of its pages. */
  protected isOffered(batch: MigrateBatch, entry: number, folio: Page, from: Selection): boolean {
    if (isPresent(entry)) return from === FROM_SYSTEM && this.isMovable(folio) && this.mayMove(folio);
    if (!isDevice(entry) || folio.pagemap?.owner !== batch.owner.owner) return false;
    return from !== FROM_SYSTEM || folio.pagemap !== batch.owner;
  }

  /** Splits the folio of a page that is to migrate as a base page. The page cannot migrate if that fails. */
  protected splitToCollect(batch: MigrateBatch, entry: number, from: Selection): boolean {
    if (!this.namesPage(entry)) return true;
    const folio = this.page(pfnOf(entry)).head;
    if (folio.size === 1) return true;
    if (batch.refused.has(folio.pfn) || !this.isOffered(batch, entry, folio, from)) return false;
    const isSplit = this.splitFolio(folio, 0);
    // The other pages of the folio are skipped without a further attempt.
    if (!isSplit) batch.refused.add(folio.pfn);
    return isSplit;
  }

  /** A page that is selected by its frame migrates as a base page. */
  override migrateSetupPage(batch: MigrateBatch, page: Page): void {
    if (page.head.size === 1 || (this.splitFolio(page.head, 0) && page.refs > 0))
      super.migrateSetupPage(batch, page);
    else batch.begin(undefined, 0, 1);
  }

  /** Collects one large folio by frame. */
  migrateSetupFolio(batch: MigrateBatch, folio: Page): void {
    batch.begin(undefined, folio.index, folio.size);
    this.collectFolio(batch, 0, folio);
    this.unmapCollected(batch);
  }

  protected override unmapForMigration(page: Page): void {
    if (page.size === 1) super.unmapForMigration(page);
    else for (const process of this.processes) this.unmapFolio(process, page);
  }

  /** Replaces the whole entry of a process, or its entries for pages of the folio, by migration entries. */
  protected unmapFolio(process: Process, folio: Page): void {
    for (let at = 0; at < folio.size; at++) {
      const page = this.part(folio, at);
      const index = this.indexInVma(process, page);
      if (index < 0) continue;
      const whole = process.wholeEntry(index);
      if (whole !== NONE) {
        process.setWholeEntry(index, this.migrationEntryFor(folio, whole));
        this.dropWholeEntryOf(folio);
        return;
      }
      process.entries[index] = this.migrationEntryFor(page, process.entry(index));
      this.dropEntryOf(page);
    }
  }

  /** A large folio moves to a large one as it is; to base pages only after it is split. */
  protected override migratePage(batch: MigrateBatch, i: number): void {
    const to = batch.destination(i);
    if (!batch.isCompound(i)) super.migratePage(batch, i);
    else if (to !== 0 && this.page(to).size > 1) this.migrateFolio(batch, i, this.page(to));
    else if (this.hasDestination(batch, i)) this.migrateParts(batch, i);
    else batch.giveUp(i);
  }

  protected migrateFolio(batch: MigrateBatch, i: number, to: Page): void {
    const from = batch.source(i);
    if (from === 0) this.insertFolio(batch, i, to);
    else this.moveIdentity(this.page(from), to);
  }

  /** Whether the driver has given a destination for a page of the large folio. */
  protected hasDestination(batch: MigrateBatch, i: number): boolean {
    for (let at = 0; at < this.block; at++) if (batch.destination(i + at) !== 0) return true;
    return false;
  }

  /** The pages then migrate one by one; one without a destination stays. */
  protected migrateParts(batch: MigrateBatch, i: number): void {
    const from = batch.source(i);
    if (from !== 0 && !this.splitFolio(this.page(from), 1)) {
      batch.giveUp(i);
      return;
    }
    for (let at = 0; at < this.block; at++) batch.collect(i + at, from === 0 ? 0 : from + at);
    super.migratePage(batch, i);
  }

  /** Maps the frames of an unpopulated block by a whole entry. */
  protected insertFolio(batch: MigrateBatch, i: number, folio: Page): void {
    const { process } = batch;
    const index = batch.start + i;
    if (process === undefined || !this.isUnpopulatedBlock(process, index)) {
      batch.giveUp(i);
      return;
    }
    this.getPage(folio);
    this.addWholeMap(folio, process.offset(index));
    this.addRss(process, this.block);
    const entry = this.entryFor(folio, process.protection(index) === VMA_WRITE);
    this.insertWholeEntry(process, index, entry);
  }

  protected override replaceMigrationEntries(old: Page, page: Page): void {
    if (old.size === 1) super.replaceMigrationEntries(old, page);
    else for (const process of this.processes) this.mapFolio(process, old, page);
  }

  /** Replaces the migration entries of a process for an old folio by entries for the new one. */
  protected mapFolio(process: Process, old: Page, folio: Page): void {
    for (let at = 0; at < old.size; at++) {
      const index = this.indexInVma(process, this.part(old, at));
      if (index < 0) continue;
      const whole = process.wholeEntry(index);
      if (whole !== NONE) {
        if (isMigration(whole)) this.replaceWholeEntry(process, index, whole, folio);
        return;
      }
      const entry = process.entry(index);
      if (isMigration(entry)) this.replaceMigrationEntry(process, index, entry, this.part(folio, at));
    }
  }

  protected replaceWholeEntry(process: Process, index: number, whole: number, folio: Page): void {
    this.getPage(folio);
    this.addWholeMap(folio, process.offset(this.blockStart(index)));
    const write = isWritable(whole) && process.protection(index) === VMA_WRITE;
    process.setWholeEntry(index, this.trackedEntry(folio, this.entryFor(folio, write), whole));
  }
}
