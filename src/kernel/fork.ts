import {
  isDevice,
  isExclusiveEntry,
  isPresent,
  NONE,
  pfnOf,
  POISON_ENTRY,
  presentEntry,
  readOnly,
  trackedLike,
  unwatched,
} from './entry.ts';
import { ExclusiveAccess } from './exclusive.ts';
import type { MigrateBatch } from './migrate-batch.ts';
import { copyPage, isAnonymous, type Page } from './page.ts';
import { INHERIT_NONE, INHERIT_ZERO, VMA_WRITE, type Process } from './process.ts';

/** Fork: the child gets every mapping; private pages are shared until somebody writes. */
export class ForkCalls extends ExclusiveAccess {
  /** A migration into whose window somebody came: it holds what it collected. */
  inProgress: MigrateBatch | undefined = undefined;

  fork(parent: Process, child: Process): void {
    child.alive = true;
    child.group = parent.group;
    for (let index = 0; index < this.scope.pages; index++) {
      if (!this.passesMapping(parent, index)) continue;
      // Neither a lock nor a watch is inherited.
      child.setVma(index, parent.kind(index), parent.protection(index), parent.offset(index));
      child.fresh[index] = parent.isFresh(index);
      child.inheritances[index] = this.childInheritance(parent, index);
      if (this.passesPages(parent, index)) this.forkEntry(parent, child, index);
    }
  }

  /** Whether a child has such a VMA at all. */
  protected passesMapping(parent: Process, index: number): boolean {
    return parent.inheritance(index) !== INHERIT_NONE;
  }

  /** Whether it has the pages in it. Where it has not, the entries of its parent are not even looked at. */
  protected passesPages(parent: Process, index: number): boolean {
    return parent.inheritance(index) !== INHERIT_ZERO;
  }

  /** A VMA that is inherited empty is so by the children of the child, too. */
  protected childInheritance(parent: Process, index: number): number {
    return parent.inheritance(index);
  }

  setInheritance(process: Process, index: number, inheritance: number): void {
    process.inheritances[index] = inheritance;
  }

  /** Whether somebody may come between an entry and what becomes of it: what the parent maps is locked meanwhile, and its pages move. */
  protected isOpenTo(parent: Process): boolean {
    return this.concurrent !== undefined && this.concurrent.needs !== parent.slot;
  }

  protected forkEntry(parent: Process, child: Process, index: number): void {
    let entry = parent.entry(index);
    if (entry === NONE) return;
    if (isDevice(entry) && this.isOpenTo(parent)) entry = this.entryAfterConcurrent(parent, index);
    if (isPresent(entry)) this.forkPresent(parent, child, index, entry);
    else if (isDevice(entry)) this.forkDevice(parent, child, index, entry);
    else if (isExclusiveEntry(entry)) this.forkExclusive(parent, child, index, entry);
    else if (entry === POISON_ENTRY) child.entries[index] = entry;
  }

  protected forkPresent(parent: Process, child: Process, index: number, entry: number): void {
    const page = this.page(pfnOf(entry));
    if (!isAnonymous(page)) this.forkPermanent(child, index, entry, page);
    else if (this.copiesAtFork(page)) this.forkCopy(child, index, entry, page);
    else {
      this.shareWithChild(child, index, page);
      parent.entries[index] = this.parentEntry(entry);
      child.entries[index] = this.childEntry(entry);
    }
  }

  /** A device entry is shared like a present one. Whose ever it was to write, from now on it is nobody's. */
  protected forkDevice(parent: Process, child: Process, index: number, entry: number): void {
    this.shareWithChild(child, index, this.page(pfnOf(entry)));
    parent.entries[index] = this.parentEntry(entry);
    child.entries[index] = this.childEntry(entry);
  }

  /** Two processes cannot both keep the device out: nobody does, from now on. */
  protected forkExclusive(parent: Process, child: Process, index: number, entry: number): void {
    this.restoreExclusive(parent, index, entry);
    this.forkPresent(parent, child, index, parent.entry(index));
  }

  protected shareWithChild(child: Process, index: number, page: Page): void {
    this.getPage(page);
    this.addMap(page, child.offset(index));
    this.addRss(child, 1);
    // Its sharer does not know that it may be dropped.
    page.lazyFree = false;
  }

  /** What the parent keeps of an entry that it shares. */
  protected parentEntry(entry: number): number {
    return isDevice(entry) ? this.downgradedEntry(entry) : readOnly(entry);
  }

  /** What the child gets of it: the same, but that nobody watches for the child. */
  protected childEntry(entry: number): number {
    return unwatched(isDevice(entry) ? this.downgradedEntry(entry) : readOnly(entry));
  }

  /** Host memory, shared memory and pages of files are the same for all. */
  protected forkPermanent(child: Process, index: number, entry: number, page: Page): void {
    this.getPage(page);
    page.maps++;
    child.entries[index] = entry;
  }

  /** Whoever pinned the page must go on seeing its owner's stores, so that sharing it would be a mistake. */
  protected copiesAtFork(page: Page): boolean {
    return this.profile.forkCopiesPinned && this.isPinned(page);
  }

  /** Somebody besides the page tables holds the page. */
  protected isPinned(page: Page): boolean {
    const held = page.refs - page.maps;
    return held !== 0 && held !== (this.inProgress?.referencesTo(page.pfn) ?? 0);
  }

  /** The copy is made whatever the limit of the group: a fork that has come so far does not fail. */
  protected forkCopy(child: Process, index: number, entry: number, page: Page): void {
    const copy = this.allocPage();
    copyPage(page, copy);
    this.charge(copy, child.group);
    this.addMap(copy, child.offset(index));
    this.addRss(child, 1);
    const own = presentEntry(copy.pfn, child.protection(index) === VMA_WRITE);
    child.entries[index] = unwatched(trackedLike(own, entry));
  }
}
