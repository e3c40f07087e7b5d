import type { Capability } from '../vocabulary/capability.ts';
import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  POISON,
  PRESENT,
  UNMAPPED,
  UNPOPULATED,
} from '../vocabulary/snapshot.ts';
import {
  FIRST_FRAME,
  isCommon,
  isExclusive,
  isFile,
  isMapped,
  isPoison,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  READ_ONLY,
  type State,
  SYSTEM,
  WRITABLE,
} from './state.ts';

/**
 * The part of a state that a snapshot shows, as text: the entries, with frames by the order of their first occurrence,
 * and the charged pages. Counts and resident pages follow from these. The state is one of `forEachShownState`.
 */
export function shownStatus(state: State, capabilities: ReadonlySet<Capability>): string {
  const codes: number[] = [];
  const frames: number[] = [];
  if (capabilities.has('entries')) {
    for (let entry = 0; entry < state.entry.length; entry++) codes.push(entryCode(state, entry, frames));
  }
  if (capabilities.has('accounting')) codes.push(state.objectCount);
  return codes.join();
}

function entryCode(state: State, entry: number, frames: number[]): number {
  const object = state.entry[entry] ?? NO_OBJECT;
  const mapping = state.mapping[entry] ?? 0;
  if (isPoison(object)) return POISON;
  if (object === NO_OBJECT) {
    if (!isMapped(mapping)) return UNMAPPED;
    // A page of a file that was not stored to is shown as unpopulated or as present.
    return isCommon(mapping) || isFile(mapping) ? PRESENT : UNPOPULATED;
  }
  const place = state.place[object] ?? SYSTEM;
  const writable = state.writable[entry] ?? READ_ONLY;
  if (place < FIRST_FRAME) {
    return isExclusive(writable) || writable === MAYBE_EXCLUSIVE ? EXCLUSIVE_ENTRY : PRESENT;
  }
  const at = frames.indexOf(place);
  const name = at >= 0 ? at : frames.push(place) - 1;
  return deviceEntry(name * 2 + state.deviceOf(place), writable === WRITABLE);
}
