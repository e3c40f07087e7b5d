import type { Driver } from './driver.ts';
import { isDevice, isPresent, isWritable, NONE, pfnOf, POISON_ENTRY } from './entry.ts';
import { FILLER, NO_MAPPING, type Page } from './page.ts';

/** Added to every number, so that none is negative as a character. */
const SHIFT = 64;

/**
 * All that can tell in the future, as a short string: equal digests, equal futures. System pages are numbered in the
 * order in which they are met, since nothing ever tells which of them one is; frames keep their names.
 */
export function digest(driver: Driver): string {
  const { kernel } = driver;
  const out: number[] = [];
  const met: number[] = [];
  for (const process of kernel.processes) {
    out.push(process.alive ? 1 : 0);
    if (!process.alive) continue;
    out.push(process.rss);
    for (let index = 0; index < kernel.scope.pages; index++) {
      out.push(process.kind(index) * 3 + process.protection(index));
      digestEntry(process.entry(index), met, out);
    }
  }
  for (const pfn of kernel.pins) out.push(nameOf(pfn, met));
  for (const pfn of met) digestPage(kernel.page(pfn), out);
  for (let index = 0; index < kernel.scope.pages; index++) digestCells(kernel.hostPage(index), out);
  for (const page of driver.frames) digestFrame(page, kernel.profile.idleCount, out);
  for (const pfn of kernel.freePages) digestIfUsed(kernel.page(pfn), out);
  out.push(kernel.charged, kernel.swapAreas, driver.attached ? 1 : 0, driver.pagemap.ref);
  out.push(driver.freeFrames.length, ...driver.freeFrames);
  driver.injections.digest(out);
  let text = '';
  for (const number of out) text += String.fromCharCode(number + SHIFT);
  return text;
}

/** The place of a page among those met; at the end of them, if it is new. */
function nameOf(pfn: number, met: number[]): number {
  if (pfn === 0) return 0;
  const at = met.indexOf(pfn);
  return at < 0 ? met.push(pfn) : at + 1;
}

const ENTRY_NONE = 0;
const ENTRY_POISON = 1;
const ENTRY_PRESENT = 2;
const ENTRY_DEVICE = 4;
const ENTRY_OTHER = 6;

function digestEntry(entry: number, met: number[], out: number[]): void {
  if (entry === NONE) out.push(ENTRY_NONE);
  else if (entry === POISON_ENTRY) out.push(ENTRY_POISON);
  else {
    const kind = isPresent(entry) ? ENTRY_PRESENT : isDevice(entry) ? ENTRY_DEVICE : ENTRY_OTHER;
    out.push(kind + (isWritable(entry) ? 1 : 0));
    out.push(isPresent(entry) ? nameOf(pfnOf(entry), met) : pfnOf(entry));
  }
}

function digestCells(page: Page, out: number[]): void {
  out.push(page.first);
  if (page.first !== page.last) out.push(FILLER - 1, page.last);
}

function digestPage(page: Page, out: number[]): void {
  digestCells(page, out);
  out.push(page.refs, page.maps, page.mapping, page.index, page.charged ? 1 : 0);
}

/** A free system page is like any other, unless a planted bug left something in it. */
function digestIfUsed(page: Page, out: number[]): void {
  const isClean = page.first === FILLER && page.last === FILLER && page.mapping === NO_MAPPING;
  if (!isClean || page.maps !== 0 || page.charged) digestPage(page, out);
}

function digestFrame(page: Page, idleCount: number, out: number[]): void {
  const isIdle = page.refs === idleCount && page.maps === 0 && page.mapping === NO_MAPPING && !page.charged;
  if (isIdle && page.least === idleCount && page.first === FILLER && page.last === FILLER) {
    out.push(FILLER - 2);
    return;
  }
  digestPage(page, out);
  out.push(page.least);
}
