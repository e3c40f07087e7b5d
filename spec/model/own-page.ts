import { ruleIndex } from '../requirements/catalogue.ts';
import type { Result } from '../vocabulary/result.ts';
import { fileValue } from '../vocabulary/scope.ts';
import { isRefusedACharge } from './charging.ts';
import { isFile } from './permission.ts';
import { COPIED_WHILE_PINNED, NO_OBJECT, READ_ONLY, SYSTEM, WAS_SHARED, WATCHED_STORES } from './state.ts';
import type { Step } from './step.ts';
import { NO_ROOM_AFTER_FAULT, NO_ROOM_TO_CHARGE } from './access-attributions.ts';

const FORK_ISOLATION = ruleIndex('fork.isolation');
const FORK_PIN_STAYS = ruleIndex('fork.pin-stays');
const TYPES_FILE_COPY = ruleIndex('types.file-copy');

/** What a private page without an object reads. */
export const emptyValue = (step: Step, entry: number): number =>
  isFile(step.state.mapping[entry] ?? 0) ? fileValue(entry % step.state.scope.pages) : 0;

/**
 * The object that the toucher may write to, its own alone, in system memory: a hole is filled, a page of a file copied,
 * a sharing broken. Undefined, and answered, where its group may not be charged for it.
 *
 * @param memory how it is answered then
 */
export function ownPage(step: Step, entry: number, memory: Result): number | undefined {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object !== NO_OBJECT && (state.maps[object] ?? 0) <= 1) return object;
  if (isRefusedACharge(step, entry, [memory])) {
    step.result = memory;
    step.attribution = step.faults > 0 ? NO_ROOM_AFTER_FAULT : NO_ROOM_TO_CHARGE;
    return undefined;
  }
  if (object !== NO_OBJECT) return breakSharing(step, entry, object);
  if (isFile(state.mapping[entry] ?? 0)) step.cover(TYPES_FILE_COPY);
  const filled = step.newObject(emptyValue(step, entry), SYSTEM, entry);
  step.link(entry, filled, READ_ONLY);
  return filled;
}

/**
 * The same for whoever only reads: the process has the page to itself from then on. The entry is watched as before.
 *
 * @returns the object; undefined, and answered, where its group may not be charged for it
 */
export function unshare(step: Step, entry: number, memory: Result): number | undefined {
  const { track } = step.state;
  const watched = (track[entry] ?? 0) & WATCHED_STORES;
  const own = ownPage(step, entry, memory);
  if (own !== undefined) track[entry] = (track[entry] ?? 0) | watched;
  return own;
}

/** The toucher gets an object of its own, the others keep the old one with its pins. */
function breakSharing(step: Step, entry: number, shared: number): number {
  const { state } = step;
  const own = step.newObject(state.value[shared] ?? 0, SYSTEM, entry);
  if (state.pinned(shared)) {
    step.cover(FORK_PIN_STAYS);
    state.history[shared] = (state.history[shared] ?? 0) | COPIED_WHILE_PINNED;
  }
  state.history[own] = (state.history[shared] ?? 0) | WAS_SHARED;
  step.cover(FORK_ISOLATION);
  // Where no copy is charged none was made, as far as anybody can see.
  if (step.attribution.charge === 'account.charge')
    step.attribution = { ...step.attribution, charge: 'fork.isolation' };
  step.unlink(entry);
  step.link(entry, own, READ_ONLY);
  return own;
}
