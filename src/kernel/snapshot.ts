import {
  deviceEntry,
  HOLE,
  POISON,
  PRESENT,
  type Snapshot,
  UNMAPPED,
} from '../../spec/vocabulary/snapshot.ts';
import type { Driver } from './driver.ts';
import { isDevice, isPresent, isWritable, NONE, pfnOf } from './entry.ts';
import { NO_VMA, type Process } from './process.ts';

/** What there is to see at rest. The least counts begin anew. */
export function takeSnapshot(driver: Driver): Snapshot {
  const { frames, kernel } = driver;
  const { pages } = kernel.scope;
  const firstFrame = driver.pagemap.res.start;
  const entries: number[] = [];
  for (const process of kernel.processes) {
    for (let index = 0; index < pages; index++) entries.push(entryCode(process, index, firstFrame));
  }
  const least = frames.map((page) => page.least);
  for (const page of frames) page.least = page.refs;
  return {
    entries,
    refs: frames.map((page) => page.refs),
    maps: frames.map((page) => page.maps),
    least,
    rss: kernel.processes.map((process) => process.rss),
    charged: kernel.charged,
  };
}

function entryCode(process: Process, index: number, firstFrame: number): number {
  const entry = process.entry(index);
  if (entry === NONE) return process.kind(index) === NO_VMA ? UNMAPPED : HOLE;
  if (isPresent(entry)) return PRESENT;
  if (isDevice(entry)) return deviceEntry(pfnOf(entry) - firstFrame, isWritable(entry));
  // Poison; or the entry of a migration that never ended, which no touch gets past either.
  return POISON;
}
