import type { Driver, KernelAndDrivers } from './driver.ts';
import {
  isDevice,
  isExclusiveEntry,
  isPresent,
  isSoftDirty,
  isWatched,
  isWritable,
  NONE,
  pfnOf,
  POISON_ENTRY,
} from './entry.ts';
import { FILLER, NO_GROUP, NO_MAPPING, type Page } from './memory.ts';
import type { Process } from './process.ts';

/** Added to every number, so that none is negative as a character. */
const SHIFT = 64;

/**
 * The state that can affect later observations, as a short string: worlds with equal digests behave alike. System pages
 * are numbered in the order of their first use here, because no observation identifies them; frames keep their numbers.
 */
export function digest({ drivers, kernel, harness }: KernelAndDrivers): string {
  const out: number[] = [];
  const met: number[] = [];
  for (const process of kernel.processes) {
    out.push(process.alive ? 1 : 0);
    if (!process.alive) continue;
    out.push(process.rss, process.group);
    for (let index = 0; index < kernel.scope.pages; index++) {
      digestVma(process, index, out);
      digestEntry(process.entry(index), met, out);
    }
    if (kernel.block > 1) digestBlocks(process, out);
  }
  for (const pfn of kernel.pins) out.push(nameOf(pfn, met));
  for (const pfn of met) {
    const page = kernel.page(pfn);
    if (kernel.block > 1) out.push(nameOf(page.head.pfn, met));
    digestPage(page, out);
  }
  for (let index = 0; index < kernel.scope.pages; index++) {
    digestCells(kernel.hostPage(index), out);
    digestCells(kernel.sharedPage(index), out);
    digestCells(kernel.filePage(index), out);
  }
  for (const driver of drivers) digestDriver(driver, out);
  // A planted bug may depend on whether there is a free page.
  out.push(kernel.freePages.length === 0 ? 0 : 1);
  for (const pfn of kernel.freePages) digestIfUsed(kernel.page(pfn), out);
  out.push(...kernel.groups.charges, ...kernel.groups.limits, kernel.swapAreas);
  harness.injections.digest(out);
  let text = '';
  for (const number of out) text += String.fromCharCode(number + SHIFT);
  return text;
}

function digestVma(process: Process, index: number, out: number[]): void {
  const flags =
    (process.isLocked(index) ? 1 : 0) +
    (process.isFresh(index) ? 2 : 0) +
    process.watch(index) * 4 +
    process.inheritance(index) * 16;
  out.push(process.kind(index) * 3 + process.protection(index), process.offset(index), flags);
}

function digestBlocks(process: Process, out: number[]): void {
  for (let index = 0; index < process.entries.length; index++) {
    out.push((process.isHuge(index) ? 1 : 0) + (process.wholeEntry(index) === NONE ? 0 : 2));
  }
  out.push(process.deposits);
}

/** The number of a page among those met, to which a new page is added. */
function nameOf(pfn: number, met: number[]): number {
  // No page, or a pin of the zero page.
  if (pfn <= 0) return pfn;
  const at = met.indexOf(pfn);
  return at < 0 ? met.push(pfn) : at + 1;
}

const ENTRY_NONE = 0;
const ENTRY_POISON = 1;
/** Eight numbers for each kind, one for each combination of the three bits. */
const ENTRY_PRESENT = 8;
const ENTRY_DEVICE = 16;
const ENTRY_EXCLUSIVE = 24;
const ENTRY_OTHER = 32;

function digestEntry(entry: number, met: number[], out: number[]): void {
  if (entry === NONE) out.push(ENTRY_NONE);
  else if (entry === POISON_ENTRY) out.push(ENTRY_POISON);
  else {
    const bits = (isWritable(entry) ? 1 : 0) + (isSoftDirty(entry) ? 2 : 0) + (isWatched(entry) ? 4 : 0);
    const inSystem = isPresent(entry) || isExclusiveEntry(entry);
    out.push(kindOf(entry) + bits, inSystem ? nameOf(pfnOf(entry), met) : pfnOf(entry));
  }
}

function kindOf(entry: number): number {
  if (isPresent(entry)) return ENTRY_PRESENT;
  if (isDevice(entry)) return ENTRY_DEVICE;
  return isExclusiveEntry(entry) ? ENTRY_EXCLUSIVE : ENTRY_OTHER;
}

function digestCells(page: Page, out: number[]): void {
  out.push(page.first);
  if (page.first !== page.last) out.push(FILLER - 1, page.last);
}

function digestPage(page: Page, out: number[]): void {
  digestCells(page, out);
  out.push(page.refs, page.maps, page.mapping, page.index, page.group, page.lazyFree ? 1 : 0);
  if (page.head !== page || page.size > 1) {
    out.push(page.head.pfn - page.pfn, page.size, page.wholeMaps, page.totalMaps);
  }
}

/** Free system pages are equal unless a planted bug left state in them. */
function digestIfUsed(page: Page, out: number[]): void {
  const isClean = page.first === FILLER && page.last === FILLER && page.mapping === NO_MAPPING;
  if (!isClean || page.maps !== 0 || page.group !== NO_GROUP || page.lazyFree) digestPage(page, out);
}

function digestDriver(driver: Driver, out: number[]): void {
  for (const page of driver.frames) digestFrame(page, driver.kernel.profile.idleCount, out);
  const flags = (driver.attached ? 1 : 0) + (driver.opened ? 2 : 0) + (driver.rangeIsTaken ? 4 : 0);
  out.push(flags, driver.pagemap.ref, driver.freeFrames.length, ...driver.freeFrames);
}

function digestFrame(page: Page, idleCount: number, out: number[]): void {
  const isIdle = page.refs === idleCount && page.maps === 0 && page.mapping === NO_MAPPING;
  const isBase = page.head === page && page.size === 1;
  const isUsual = isBase && page.group === NO_GROUP && page.least === idleCount && !page.lazyFree;
  if (isIdle && isUsual && page.first === FILLER && page.last === FILLER) {
    out.push(FILLER - 2);
    return;
  }
  digestPage(page, out);
  out.push(page.least);
}
