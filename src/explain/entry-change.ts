import {
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  UNMAPPED,
} from '../../spec/vocabulary/snapshot.ts';

const writable = (code: number): string => (isWriteEntry(code) ? 'WRITE' : 'READ');

/** The change of one page-table entry, as a sentence; undefined if it did not change. */
export function entryChange(place: string, from: number, to: number): string | undefined {
  if (from === to) return undefined;
  if (isDeviceEntry(to)) return toDevice(place, from, to);
  const origin = isDeviceEntry(from) ? ` from frame ${frameOf(from)}` : '';
  switch (to) {
    case UNMAPPED:
      return isDeviceEntry(from)
        ? `${place} is unmapped and lets go of frame ${frameOf(from)}`
        : `${place} is unmapped`;
    case UNPOPULATED:
      if (from === UNMAPPED) return `${place} is mapped; it is a hole, with no page behind it yet`;
      return isDeviceEntry(from)
        ? `${place} lets go of frame ${frameOf(from)} and is a hole, with no page behind it`
        : `${place} is a hole again, with no page behind it`;
    case PRESENT:
      if (from === UNMAPPED) return `${place} is mapped, to a page in system memory`;
      if (from === EXCLUSIVE_ENTRY) return `${place} is taken back: the device has it to itself no more`;
      return isDeviceEntry(from)
        ? `${place} comes back${origin} to system memory`
        : `${place} gets a page in system memory`;
    case EXCLUSIVE_ENTRY:
      return isDeviceEntry(from)
        ? `${place} comes back${origin} to system memory, and the device has it to itself`
        : `the device has ${place} to itself`;
    case POISON:
      return isDeviceEntry(from)
        ? `${place}, on frame ${frameOf(from)}, is lost: poison now`
        : `${place} is poison now`;
    default:
      return `${place} changes`;
  }
}

function toDevice(place: string, from: number, to: number): string {
  const frame = frameOf(to);
  if (!isDeviceEntry(from)) {
    return from === UNMAPPED
      ? `${place} is mapped, to frame ${frame}; its entry is ${writable(to)}`
      : `${place} moves to frame ${frame}; its entry is ${writable(to)}`;
  }
  return frameOf(from) === frame
    ? `the entry of ${place} for frame ${frame} turns from ${writable(from)} to ${writable(to)}`
    : `${place} moves from frame ${frameOf(from)} to frame ${frame}; its entry is ${writable(to)}`;
}
