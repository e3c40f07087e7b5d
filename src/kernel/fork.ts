import { isDevice, isPresent, NONE, pfnOf, POISON_ENTRY, presentEntry, readOnly } from './entry.ts';
import { Mappings } from './mappings.ts';
import { copyPage, type Page } from './page.ts';
import { HOST_VMA, MAY_WRITE, type Process } from './process.ts';

/** Fork: the child gets every mapping; private pages are shared until somebody writes. */
export class Fork extends Mappings {
  fork(parent: Process, child: Process): void {
    child.alive = true;
    for (let index = 0; index < this.scope.pages; index++) {
      child.kinds[index] = parent.kind(index);
      child.protections[index] = parent.protection(index);
      this.forkEntry(parent, child, index);
    }
  }

  protected forkEntry(parent: Process, child: Process, index: number): void {
    const entry = parent.entry(index);
    if (entry === NONE) return;
    if (isPresent(entry)) this.forkPresent(parent, child, index, entry);
    else if (isDevice(entry)) this.forkDevice(parent, child, index, entry);
    else if (entry === POISON_ENTRY) child.entries[index] = entry;
  }

  protected forkPresent(parent: Process, child: Process, index: number, entry: number): void {
    const page = this.page(pfnOf(entry));
    if (parent.kind(index) === HOST_VMA) this.forkHost(child, index, entry, page);
    else if (this.copiesAtFork(page)) this.forkCopy(child, index, page);
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

  protected shareWithChild(child: Process, index: number, page: Page): void {
    this.getPage(page);
    this.addMap(page, index);
    this.addRss(child, 1);
  }

  /** What the parent keeps of an entry that it shares. */
  protected parentEntry(entry: number): number {
    return readOnly(entry);
  }

  /** What the child gets of it. */
  protected childEntry(entry: number): number {
    return readOnly(entry);
  }

  protected forkHost(child: Process, index: number, entry: number, page: Page): void {
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
    return page.refs !== page.maps;
  }

  protected forkCopy(child: Process, index: number, page: Page): void {
    const copy = this.allocPage();
    copyPage(page, copy);
    this.charge(copy);
    this.addMap(copy, index);
    this.addRss(child, 1);
    child.entries[index] = presentEntry(copy.pfn, child.protection(index) === MAY_WRITE);
  }
}
