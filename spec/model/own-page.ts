import type { Result } from '../vocabulary/result.ts';
import { fileValue } from '../vocabulary/scope.ts';
import { ACCESS } from './attribution/access.ts';
import { FAULT } from './attribution/fault.ts';
import { isRefusedACharge } from './charging.ts';
import { choice } from './choice.ts';
import { isFolioSharedWithOthers, maybePopulateBlock } from './folio.ts';
import {
  COPIED_WHILE_PINNED,
  isFile,
  NO_OBJECT,
  READ_ONLY,
  SYSTEM,
  WAS_SHARED,
  WATCHED_STORES,
} from './state.ts';
import type { Step } from './step.ts';

const SOLE_PAGE_OF_FOLIO = choice('page of a large folio that others map', 'written in place', 'copied');

/** The value that a load of a private page without an object returns. */
export const emptyValue = (step: Step, entry: number): number =>
  isFile(step.state.mapping[entry] ?? 0) ? fileValue(entry % step.state.scope.pages) : 0;

/**
 * Returns the object that the accessing process may write to: mapped by it alone, in system memory. An unpopulated page is
 * populated, a page of a file is copied, and a shared object is copied on write. Where the control group may not be
 * charged for the new object, sets the result and returns undefined.
 *
 * @param memory the result in that case
 */
export function ownPage(step: Step, entry: number, memory: Result): number | undefined {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object !== NO_OBJECT && (state.maps[object] ?? 0) <= 1) {
    return maybeCopyFromFolio(step, entry, object);
  }
  if (isRefusedACharge(step, entry, [memory])) {
    step.result = memory;
    step.select(step.faults > 0 ? FAULT.atLimit : ACCESS.atLimit);
    return undefined;
  }
  if (object !== NO_OBJECT) return breakSharing(step, entry, object);
  if (isFile(state.mapping[entry] ?? 0)) step.refine(ACCESS.copyOfFile);
  const populated = maybePopulateBlock(step, entry);
  if (populated !== undefined) return populated;
  const filled = step.newObject(emptyValue(step, entry), SYSTEM, entry);
  step.link(entry, filled, READ_ONLY);
  return filled;
}

/**
 * The only entry of a page of a large folio that other processes map, too: a target may copy the page like a shared one,
 * and the old page then stays charged with its folio.
 */
export function maybeCopyFromFolio(step: Step, entry: number, object: number): number {
  const { state } = step;
  if (state.pinned(object) || !isFolioSharedWithOthers(state, object, entry)) return object;
  if (step.choose(SOLE_PAGE_OF_FOLIO) === 'written in place') return object;
  const own = step.newObject(state.value[object] ?? 0, SYSTEM, entry);
  state.history[own] = state.history[object] ?? 0;
  step.unlink(entry);
  step.link(entry, own, READ_ONLY);
  return own;
}

/**
 * The same for an access that only reads: afterwards the process maps the page alone. The entry stays watched.
 *
 * @returns the object; undefined, with the result set, where the control group may not be charged for it
 */
export function unshare(step: Step, entry: number, memory: Result): number | undefined {
  const { track } = step.state;
  const watched = (track[entry] ?? 0) & WATCHED_STORES;
  const own = ownPage(step, entry, memory);
  if (own !== undefined) track[entry] = (track[entry] ?? 0) | watched;
  return own;
}

/** Gives the accessing process an object of its own; the other processes keep the old one with its pins. */
function breakSharing(step: Step, entry: number, shared: number): number {
  const { state } = step;
  const own = step.newObject(state.value[shared] ?? 0, SYSTEM, entry);
  if (state.pinned(shared)) {
    step.refine(ACCESS.copiedWhilePinned);
    state.history[shared] = (state.history[shared] ?? 0) | COPIED_WHILE_PINNED;
  }
  state.history[own] = (state.history[shared] ?? 0) | WAS_SHARED;
  step.refine(ACCESS.copied);
  // A copy that is not charged cannot be distinguished from a missing copy.
  if (step.attribution.charge === 'account.charge') step.refine(ACCESS.copyCharged);
  step.unlink(entry);
  step.link(entry, own, READ_ONLY);
  return own;
}
