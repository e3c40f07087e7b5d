import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  UNPOPULATED,
  POISON,
  PRESENT,
  type Snapshot,
  UNMAPPED,
} from '../../spec/vocabulary/snapshot.ts';
import type { KernelAndDrivers } from './driver.ts';
import { isDevice, isExclusiveEntry, isPresent, isWritable, NONE, pfnOf } from './entry.ts';
import type { Page } from './memory.ts';
import { NO_VMA, type Process } from './process.ts';

/** The state between two commands. Resets the minimum reference counts. */
export function takeSnapshot(machine: KernelAndDrivers): Snapshot {
  const { drivers, kernel } = machine;
  const { pages } = kernel.scope;
  const entries: number[] = [];
  for (const process of kernel.processes) {
    for (let index = 0; index < pages; index++) entries.push(entryCode(process, index, kernel.pages));
  }
  const refs: number[] = [];
  const maps: number[] = [];
  const least: number[] = [];
  for (const { frames } of drivers) {
    for (const page of frames) {
      const { folio } = page;
      refs.push(folio.refs);
      maps.push(folio.folioMaps);
      // The first page of a large folio comes before the others.
      least.push(folio === page ? page.least : (least[least.length - page.pfn + folio.pfn] ?? folio.least));
      page.least = page.refs;
    }
  }
  const rss = kernel.processes.map((process) => process.rss);
  const charged = kernel.groups.total;
  const snapshot = { entries, refs, maps, least, rss, charged };
  return kernel.block > 1 ? { ...foliosIn(machine), ...snapshot } : snapshot;
}

/** The whole entries and the large folios. */
function foliosIn({ drivers, kernel }: KernelAndDrivers): Pick<Snapshot, 'whole' | 'large'> {
  const { pages } = kernel.scope;
  return {
    whole: kernel.processes.flatMap((process) =>
      Array.from({ length: pages }, (_, index) => process.wholeEntry(index) !== NONE),
    ),
    large: drivers.flatMap(({ frames }) => frames.map(({ isLarge }) => isLarge)),
  };
}

function entryCode(process: Process, index: number, pages: readonly Page[]): number {
  const entry = process.entry(index);
  if (entry === NONE) return process.kind(index) === NO_VMA ? UNMAPPED : UNPOPULATED;
  if (isPresent(entry)) return PRESENT;
  // The driver's word in a struct page is the frame number.
  if (isDevice(entry)) return deviceEntry(pages[pfnOf(entry)]?.data ?? 0, isWritable(entry));
  if (isExclusiveEntry(entry)) return EXCLUSIVE_ENTRY;
  // Poison; or the entry of a migration that never ended, where every access fails as well.
  return POISON;
}
