import { type Profile, referencesInFree } from '../../spec/profiles/profile.ts';
import { blockIn, CONTROL_GROUPS, type Scope } from '../../spec/vocabulary/scope.ts';

// Pagemaps

/** Device memory that the CPU can address. */
const PAGEMAP_HOST = 0;
/** Device memory that the CPU cannot address: only its struct pages exist. */
export const PAGEMAP_PRIVATE = 1;
type MemoryType = typeof PAGEMAP_HOST | typeof PAGEMAP_PRIVATE;

/** Results of page_fault: the page has migrated to system memory; */
export const FAULT_DONE = 0;
/** its content is lost; */
export const FAULT_SIGBUS = 1;
/** no system page could be allocated. */
export const FAULT_OOM = 2;
export type FaultResult = typeof FAULT_DONE | typeof FAULT_SIGBUS | typeof FAULT_OOM;

/** A range of page frame numbers. */
export interface Resource {
  readonly start: number;
  readonly count: number;
}

/** A range of device memory with the callbacks of its driver. */
export interface DevPagemap {
  readonly type: MemoryType;
  readonly res: Resource;
  /** The number of allocated frames. The pagemap may be removed only when it is 0. */
  ref: number;
  /** The owner of the memory. Devices use and migrate pages of the same owner. */
  readonly owner: unknown;
  /** The driver's data, passed to `pageFree`. */
  readonly data: unknown;
  /** The CPU accessed a page: migrate it to system memory. A process is given by its slot. PRIVATE only. */
  readonly pageFault: ((process: number, index: number, page: Page) => FaultResult) | undefined;
  /** The last reference to a page, apart from the idle one, was dropped. PRIVATE only. */
  readonly pageFree: ((page: Page, data: unknown) => void) | undefined;
  /** A large folio is split: a base page has left it; or, without one, all have. PRIVATE only. */
  readonly folioSplit?: (folio: Page, tail: Page | undefined) => void;
}

// Struct pages

/** The content of free memory. Stored values are never negative. */
export const FILLER = -1;

/** `mapping` of an unmapped page, and of host memory; */
export const NO_MAPPING = 0;
/** of an anonymous page: reverse mapping finds its entries at the page offset `index`; */
const ANON = 1;
/** of a page of a file or of shared memory. */
export const FILE_PAGE = 2;

/** `group` of a page that is not charged. */
export const NO_GROUP = -1;

/**
 * A struct page. The content consists of two cells, the first and the last. Every store writes both and every copy
 * copies both, so that an incomplete copy can be detected.
 */
export class Page {
  readonly pfn: number;
  /** The pagemap of device memory; undefined for system memory. */
  readonly pagemap: DevPagemap | undefined;
  refs: number;
  maps: number;
  /** The minimum of `refs` since the last snapshot. */
  least: number;
  mapping: number;
  index: number;
  /** The control group that the page is charged to. */
  group: number;
  /** Advised free, and not stored to since. */
  lazyFree: boolean;
  /** The driver's word. */
  data: number;
  first: number;
  last: number;
  /**
   * The first page of the folio that it belongs to: itself for a base page. References, reverse mapping and charge of a
   * large folio are those of its first page. The fields of a free frame are left as they are until it is allocated.
   */
  head: Page = this;
  /** The number of pages of the folio that begins here. */
  size = 1;
  /** The number of whole entries of the large folio that begins here, and of all entries of its pages. */
  wholeMaps = 0;
  totalMaps = 0;

  constructor(pfn: number, pagemap: DevPagemap | undefined, refs: number, content: number) {
    this.pfn = pfn;
    this.pagemap = pagemap;
    this.refs = refs;
    this.maps = 0;
    this.least = refs;
    this.mapping = NO_MAPPING;
    this.index = 0;
    this.group = NO_GROUP;
    this.lazyFree = false;
    this.data = 0;
    this.first = content;
    this.last = content;
  }

  /** The folio that it belongs to now. A free frame is its own, whatever its fields are. */
  get folio(): Page {
    const { head } = this;
    return head.refs > 0 && this.pfn < head.pfn + head.size ? head : this;
  }

  /** Whether it belongs to a large folio now. */
  get isLarge(): boolean {
    const { folio } = this;
    return folio.refs > 0 && folio.size > 1;
  }

  /** The number of entries of its folio. */
  get folioMaps(): number {
    const { head } = this;
    return head.size === 1 ? this.maps : head.totalMaps;
  }

  /** Copies everything except the page frame number, the pagemap, the driver's word and the first page of its folio. */
  copyFrom(other: Page): void {
    this.refs = other.refs;
    this.maps = other.maps;
    this.least = other.least;
    this.mapping = other.mapping;
    this.index = other.index;
    this.group = other.group;
    this.lazyFree = other.lazyFree;
    this.first = other.first;
    this.last = other.last;
    this.size = other.size;
    this.wholeMaps = other.wholeMaps;
    this.totalMaps = other.totalMaps;
  }
}

/** Whether it is anonymous memory, including a copied page of a private file mapping. Only such pages are charged and migrate. */
export const isAnonymous = (page: Page): boolean => page.head.mapping === ANON;

/** Writes every cell. */
export function fillPage(page: Page, value: number): void {
  page.first = value;
  page.last = value;
}

/** Copies every cell. */
export function copyPage(from: Page, to: Page): void {
  to.first = from.first;
  to.last = from.last;
}

/** The value of the page; or `torn` if its cells differ, `stale` if it was never written. */
export function readPage(page: Page): number | 'torn' | 'stale' {
  if (page.first !== page.last) return 'torn';
  return page.first === FILLER ? 'stale' : page.first;
}

// Control groups

/** `limits` of a group without a limit. */
export const NO_LIMIT = -1;

const NO_CHARGES: readonly number[] = Array.from({ length: CONTROL_GROUPS }, () => 0);
const NO_LIMITS: readonly number[] = NO_CHARGES.map(() => NO_LIMIT);

/** The number of pages charged to each control group, and their limits. */
class ControlGroups {
  readonly charges: number[] = NO_CHARGES.slice();
  readonly limits: number[] = NO_LIMITS.slice();

  chargeOf(group: number): number {
    return this.charges[group] ?? 0;
  }

  /** Pages charged to any group. */
  get total(): number {
    let total = 0;
    for (const charge of this.charges) total += charge;
    return total;
  }

  isFull(group: number): boolean {
    const limit = this.limits[group] ?? NO_LIMIT;
    return limit !== NO_LIMIT && this.chargeOf(group) >= limit;
  }

  /** Charges a folio without checking the limit. */
  charge(page: Page, group: number): void {
    page.group = group;
    this.charges[group] = this.chargeOf(group) + page.size;
  }

  uncharge(page: Page): void {
    const { group } = page;
    if (group === NO_GROUP) return;
    page.group = NO_GROUP;
    this.charges[group] = this.chargeOf(group) - page.size;
  }

  copyFrom(other: ControlGroups): void {
    for (const [group, charge] of other.charges.entries()) this.charges[group] = charge;
    for (const [group, limit] of other.limits.entries()) this.limits[group] = limit;
  }
}

// Concurrency

/**
 * The second command of a race. A race runs in one thread: the first command calls the second one at its window, a
 * place between reading a state and acting on it at which a real kernel holds no lock. After the window the first
 * command must check the state again. A process is given by its slot, -1 for none.
 */
export interface ConcurrentCommand {
  /** The process whose mappings it needs: it waits while they are locked. */
  readonly needs: number;
  /** The process whose mappings it changes: it waits while the first command uses an entry of that process. */
  readonly changes: number;
  /** The process whose page table it searches by address: it waits while entries are moved there. */
  readonly walks: number;
  /** Whether it detaches a device: it waits until no frame is in use by the first command. */
  readonly drains: boolean;
  /** The page that it accesses: where a fault locks its page, it waits for the lock; undefined for none. */
  readonly accesses: { readonly process: number; readonly index: number } | undefined;
  /** Whether it migrates pages: it does not migrate a page that is locked. */
  readonly migrates: boolean;
  /** Executes it completely. */
  readonly run: () => void;
}

/** The zero page. Loads of unpopulated private pages read it. */
const ZERO_PFN = 0;
/** The first page of host memory. One page for each page index; then likewise shared memory and the file. */
const HOST_PFN = 1;

/** The content of the file is this number plus the page index. */
const FILE_CONTENT = 30_000;

/** Copies a list of numbers to another one, which keeps its storage. */
export function copyNumbers(from: readonly number[], to: number[]): void {
  if (to.length !== from.length) to.length = Math.min(to.length, from.length);
  for (const [at, number] of from.entries()) to[at] = number;
}

/**
 * Layer 1 of the kernel: struct pages, reference counts and charges. Page frame numbers run through host memory,
 * shared memory, the file, the frames of the devices, and system memory, which grows on demand.
 */
export class Memory {
  readonly profile: Profile;
  readonly scope: Scope;
  /** The number of pages in a block; 1 in a world of base pages. */
  readonly block: number;
  readonly pages: Page[];
  /** Free system pages; the last one is allocated first. */
  readonly freePages: number[] = [];
  readonly groups = new ControlGroups();
  /** The reference count at which a frame of a device is free. */
  readonly freeCount: number;
  /** The second command of a race, until the first one reaches a window. */
  concurrent: ConcurrentCommand | undefined = undefined;
  /** The migration in whose window a concurrent command is running. It holds references to the collected pages. */
  inProgress: { referencesTo(pfn: number): number } | undefined = undefined;

  constructor(profile: Profile, scope: Scope) {
    this.profile = profile;
    this.scope = scope;
    this.block = profile.hasLargeFolios ? blockIn(scope) : 1;
    this.pages = [new Page(ZERO_PFN, undefined, 1, 0)];
    this.freeCount = referencesInFree(profile);
    this.addDeviceMemory(
      {
        type: PAGEMAP_HOST,
        res: { start: HOST_PFN, count: scope.pages },
        ref: 0,
        owner: undefined,
        data: undefined,
        pageFault: undefined,
        pageFree: undefined,
      },
      1,
      0,
    );
    for (let index = 0; index < scope.pages; index++) this.addFilePage(index, 0);
    for (let index = 0; index < scope.pages; index++) this.addFilePage(index, FILE_CONTENT + index);
  }

  // Struct pages

  /** The page frame numbers that the next device memory will get. */
  nextResource(count: number): Resource {
    return { start: this.pages.length, count };
  }

  /** Creates the struct pages of a range of device memory. */
  addDeviceMemory(pagemap: DevPagemap, refs: number, content: number): Page[] {
    const { start, count } = pagemap.res;
    const made: Page[] = [];
    for (let pfn = start; pfn < start + count; pfn++) {
      const page = new Page(pfn, pagemap, refs, content);
      made.push(page);
      this.pages.push(page);
    }
    return made;
  }

  /** Creates a page that exists whether or not it is mapped. */
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

  // References

  /** Allocates a system page with one reference. Its content is undefined. */
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

  /** Takes a reference to the folio of a page. */
  getPage(page: Page): void {
    page.head.refs++;
  }

  /** Drops a reference. The last one frees the folio; for a device page, the last one but the idle reference. */
  putPage({ head }: Page): void {
    this.dropReference(head);
    const { pagemap } = head;
    if (pagemap === undefined) {
      if (head.refs === 0) this.freeSystemPage(head);
    } else if (pagemap.type === PAGEMAP_PRIVATE && head.refs === this.freeCount) {
      this.freeDevicePage(head, pagemap);
    }
  }

  protected dropReference(page: Page): void {
    const refs = page.refs - 1;
    page.refs = refs;
    if (refs < page.least) page.least = refs;
  }

  /** Whether there are references that belong neither to page tables nor to the migration in progress. */
  protected isPinned(page: Page): boolean {
    const held = page.head.refs - page.folioMaps;
    return held !== 0 && held !== (this.inProgress?.referencesTo(page.pfn) ?? 0);
  }

  protected freeSystemPage(page: Page): void {
    this.clearMapping(page);
    this.uncharge(page);
    page.lazyFree = false;
    fillPage(page, FILLER);
    this.freePages.push(page.pfn);
  }

  /** Returns the frame to its driver. The driver may reuse it immediately, so its state is cleared before. */
  protected freeDevicePage(page: Page, pagemap: DevPagemap): void {
    this.clearMapping(page);
    this.uncharge(page);
    page.lazyFree = false;
    this.callPageFree(page, pagemap);
    // Restore the idle reference in versions in which the first entry of a page takes it over.
    if (this.freeCount !== this.profile.idleCount) page.refs = this.profile.idleCount;
  }

  protected callPageFree(page: Page, pagemap: DevPagemap): void {
    pagemap.pageFree?.(page, pagemap.data);
  }

  // Reverse mapping

  protected clearMapping(page: Page): void {
    page.mapping = NO_MAPPING;
    page.index = 0;
  }

  /** Counts an entry of the page. The first one sets the page offset at which reverse mapping searches. */
  protected addMap(page: Page, offset: number): void {
    page.maps++;
    const { head } = page;
    if (head.size > 1) head.totalMaps++;
    if (head.mapping === NO_MAPPING) this.setMapping(head, offset - (page.pfn - head.pfn));
  }

  protected setMapping(folio: Page, offset: number): void {
    folio.mapping = ANON;
    folio.index = offset;
  }

  protected removeMap(page: Page): void {
    page.maps--;
    if (page.head.size > 1) page.head.totalMaps--;
  }

  /** The page offset at which reverse mapping searches for a page. */
  protected offsetOf(page: Page): number {
    const { head } = page;
    return head === page ? page.index : head.index + page.pfn - head.pfn;
  }

  // Charges

  protected charge(page: Page, group: number): void {
    this.groups.charge(page, group);
  }

  protected uncharge(page: Page): void {
    this.groups.uncharge(page);
  }

  /** Whether the limit of the group allows one more page. */
  protected mayCharge(group: number): boolean {
    return !this.groups.isFull(group);
  }

  // Concurrency

  /** A window: runs the concurrent command, once. */
  runConcurrent(): void {
    const { concurrent } = this;
    this.concurrent = undefined;
    concurrent?.run();
  }

  /** Runs a part of the first command in which there is no window. */
  withoutWindow<T>(run: () => T): T {
    const { concurrent } = this;
    this.concurrent = undefined;
    const result = run();
    this.concurrent = concurrent;
    return result;
  }

  protected copyMemory(other: Memory): void {
    this.groups.copyFrom(other.groups);
    const { pages } = this;
    // The pages that only one of the two kernels has are system pages.
    if (pages.length > other.pages.length) pages.length = other.pages.length;
    for (const theirs of other.pages) {
      const { pfn } = theirs;
      let page = pages[pfn];
      if (page === undefined) {
        page = new Page(pfn, undefined, 0, FILLER);
        pages.push(page);
      }
      page.copyFrom(theirs);
      page.head = theirs.head === theirs ? page : this.page(theirs.head.pfn);
    }
    copyNumbers(other.freePages, this.freePages);
  }
}
