import { type Profile, referencesInFree } from '../../spec/profiles/profile.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { ControlGroups } from './control-groups.ts';
import { ANON, FILE_PAGE, FILLER, fillPage, NO_MAPPING, Page } from './page.ts';
import { type DevPagemap, PAGEMAP_HOST, PAGEMAP_PRIVATE, type Resource } from './pagemap.ts';
import type { ConcurrentCommand } from './concurrent-command.ts';

/** The frame number of the page of zeros that every hole reads. */
const ZERO_PFN = 0;
/** From here on, a page of host memory for each page of a process; then as many shared ones, and those of the file. */
const HOST_PFN = 1;

/** What the file holds at each of its pages: this, and the number of the page. */
const FILE_CONTENT = 30_000;

/**
 * The lowest layer of the kernel: struct pages, who holds them, and who is charged for them. Page frame numbers run
 * through host memory, shared memory, the file, then the devices' frames, then system memory, which grows as it is asked
 * for.
 */
export class Memory {
  readonly profile: Profile;
  readonly scope: Scope;
  readonly pages: Page[];
  /** Free system pages, the last one first. */
  readonly freePages: number[];
  readonly groups: ControlGroups;
  /** The reference count at which a device's page is free. */
  readonly freeCount: number;
  /** Who waits for a window of the command that is under way; undefined in all commands but races. */
  concurrent: ConcurrentCommand | undefined = undefined;

  constructor(profile: Profile, scope: Scope) {
    this.profile = profile;
    this.scope = scope;
    this.pages = [new Page(ZERO_PFN, undefined, 1, 0)];
    this.freePages = [];
    this.groups = new ControlGroups();
    this.freeCount = referencesInFree(profile);
    this.addDeviceMemory(
      {
        type: PAGEMAP_HOST,
        res: { start: HOST_PFN, count: scope.pages },
        ref: 0,
        owner: undefined,
        dev: 'host memory',
        data: undefined,
        altmap: undefined,
        pageFault: undefined,
        pageFree: undefined,
      },
      1,
      0,
    );
    for (let index = 0; index < scope.pages; index++) this.addFilePage(index, 0);
    for (let index = 0; index < scope.pages; index++) this.addFilePage(index, FILE_CONTENT + index);
  }

  /** The page frame numbers that the next device memory would get. */
  nextResource(count: number): Resource {
    return { start: this.pages.length, count };
  }

  /** Makes the struct pages of a device's memory. */
  addDeviceMemory(pagemap: DevPagemap<Page>, refs: number, content: number): Page[] {
    const { start, count } = pagemap.res;
    const made: Page[] = [];
    for (let pfn = start; pfn < start + count; pfn++) {
      const page = new Page(pfn, pagemap, refs, content);
      made.push(page);
      this.pages.push(page);
    }
    return made;
  }

  /** A page that is there whether anybody maps it or not. */
  private addFilePage(index: number, content: number): void {
    const page = new Page(this.pages.length, undefined, 1, content);
    page.mapping = FILE_PAGE;
    page.index = index;
    this.pages.push(page);
  }

  page(pfn: number): Page {
    const page = this.pages[pfn];
    if (page === undefined) throw new RangeError(`there is no page with the number ${pfn}`);
    return page;
  }

  hostPage(index: number): Page {
    return this.page(HOST_PFN + index);
  }

  sharedPage(index: number): Page {
    return this.page(HOST_PFN + this.scope.pages + index);
  }

  filePage(index: number): Page {
    return this.page(HOST_PFN + 2 * this.scope.pages + index);
  }

  /** A system page that nobody else holds; what is in it is not worth reading. */
  allocPage(): Page {
    const pfn = this.freePages.pop();
    if (pfn === undefined) {
      const page = new Page(this.pages.length, undefined, 1, FILLER);
      this.pages.push(page);
      return page;
    }
    const page = this.page(pfn);
    page.refs = 1;
    return page;
  }

  getPage(page: Page): void {
    page.refs++;
  }

  /** A window: whoever waits for one does all that he wants to do, and is not waiting any more. */
  runConcurrent(): void {
    const { concurrent } = this;
    this.concurrent = undefined;
    concurrent?.run();
  }

  /** Lets go of a page. The last to do so frees it; for a device page, all but the idle reference count. */
  putPage(page: Page): void {
    this.dropReference(page);
    const { pagemap } = page;
    if (pagemap === undefined) {
      if (page.refs === 0) this.freeSystemPage(page);
    } else if (pagemap.type === PAGEMAP_PRIVATE && page.refs === this.freeCount) {
      this.freeDevicePage(page, pagemap);
    }
  }

  protected dropReference(page: Page): void {
    const refs = page.refs - 1;
    page.refs = refs;
    if (refs < page.least) page.least = refs;
  }

  protected freeSystemPage(page: Page): void {
    this.clearMapping(page);
    this.uncharge(page);
    page.lazyFree = false;
    fillPage(page, FILLER);
    this.freePages.push(page.pfn);
  }

  /** Gives the page back to its driver, which may hand it out again at once: whatever it was must be gone by then. */
  protected freeDevicePage(page: Page, pagemap: DevPagemap<Page>): void {
    this.clearMapping(page);
    this.uncharge(page);
    page.lazyFree = false;
    this.callPageFree(page, pagemap);
    // Where it lies idle with a reference, which its first entry takes over, that is there again.
    if (this.freeCount !== this.profile.idleCount) page.refs = this.profile.idleCount;
  }

  protected callPageFree(page: Page, pagemap: DevPagemap<Page>): void {
    pagemap.pageFree?.(page, pagemap.data);
  }

  protected clearMapping(page: Page): void {
    page.mapping = NO_MAPPING;
    page.index = 0;
  }

  /** One more entry names the page. Where its entries are to be found is noted by the first. */
  protected addMap(page: Page, offset: number): void {
    page.maps++;
    if (page.mapping === NO_MAPPING) {
      page.mapping = ANON;
      page.index = offset;
    }
  }

  protected removeMap(page: Page): void {
    page.maps--;
  }

  protected charge(page: Page, group: number): void {
    this.groups.charge(page, group);
  }

  protected uncharge(page: Page): void {
    this.groups.uncharge(page);
  }

  /** Whether a group may be charged for one page more. */
  protected mayCharge(group: number): boolean {
    return !this.groups.isFull(group);
  }

  protected copyMemory(other: Memory): void {
    this.groups.copyFrom(other.groups);
    for (const [pfn, theirs] of other.pages.entries()) {
      let page = this.pages[pfn];
      if (page === undefined) {
        page = new Page(pfn, undefined, 0, FILLER);
        this.pages.push(page);
      }
      page.copyFrom(theirs);
    }
    for (const pfn of other.freePages) this.freePages.push(pfn);
  }
}
