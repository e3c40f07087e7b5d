import type { CommandOf } from '../vocabulary/command.ts';
import { DEVICE } from './attribution/device.ts';
import { isSplitStruck, maySplit } from './folio.ts';
import { loseEntry } from './migrate-back.ts';
import { objectsOn, migrateSome, struckAmong, inUnits, bring, keepApart } from './eviction.ts';
import { NO_OBJECT } from './state.ts';
import type { Step } from './step.ts';
import { choice, ifSeen } from './choice.ts';

const DETACH = choice('detach after a failed migration', 'refused', 'retried');
const CONCERNED_PAGE = choice('page of the concurrent command', 'left to it', 'migrated');

export function attach(step: Step, { device = 0 }: CommandOf<'attach'>): void {
  const { state } = step;
  step.select(DEVICE.attached);
  if (state.attached[device] === 1) {
    step.result = 'EBUSY';
    return;
  }
  state.attached[device] = 1;
  state.rangeTaken[device] = 0;
}

/** Migrates every page of the device to system memory and detaches it. The device stays attached if a page stays. */
export function detach(step: Step, { device = 0 }: CommandOf<'detach'>): void {
  const { state } = step;
  if (state.attached[device] !== 1) {
    step.result = 'ENODEV';
    step.select(DEVICE.attached);
    return;
  }
  step.select(DEVICE.detached);
  step.names(0, 0, state.entry.length);
  const objects = objectsOn(step, device);
  if (objects.length > 0) step.refine(DEVICE.detachedWithPages);
  keepApart(step, device);
  const struck = struckAmong(step, objects);
  const lasting = struck.some((kind) => step.lasting(kind));
  const mayStay = struck.length > 0 || objects.some(({ object }) => isSplitStruck(step, object));
  const stays =
    mayStay &&
    (lasting || step.choose(DETACH, ifSeen(step.returned('EBUSY'), 'refused', 'retried')) === 'refused');
  if (!stays) {
    // The driver retries until no injection strikes any more.
    for (const kind of struck) state.remaining[kind] = state.victim[kind] = 0;
    const { units, refused } = inUnits(step, objects);
    if (refused.size > 0) step.ruleOut();
    for (const one of units) bring(step, one.object);
    state.attached[device] = 0;
    return;
  }
  step.result = 'EBUSY';
  step.refine(DEVICE.detachRefused);
  const { excused } = migrateSome(step, objects, struck, true);
  // A detach fails only if an injection struck a page that stays.
  if (!excused) step.ruleOut();
}

/**
 * A detach with a concurrent command may skip the pages of that command. The device then stays attached, and the pages that
 * have migrated stay in system memory.
 *
 * @param concerned the entries of the pages that may be skipped
 */
export function skipPagesOfOther(
  step: Step,
  { device = 0 }: CommandOf<'detach'>,
  concerned: readonly number[],
): void {
  const { state } = step;
  const objects = objectsOn(step, device);
  step.result = 'EBUSY';
  const tried = objects.filter(
    ({ object }) =>
      !concerned.some((entry) => state.entry[entry] === object) || step.choose(CONCERNED_PAGE) === 'migrated',
  );
  if (tried.length === objects.length || state.attached[device] !== 1) step.ruleOut();
  // The large folio of a page that is left may have been split for it.
  for (const one of objects) if (!tried.includes(one)) maySplit(step, one.object);
  // An injection can fail only the migration of a page that is tried.
  if (migrateSome(step, tried, struckAmong(step, tried), false).unexplained) step.ruleOut();
}

export function close(step: Step, { device = 0 }: CommandOf<'close'>): void {
  const { state } = step;
  step.select(DEVICE.closedOrOpened);
  if (state.closed[device] === 1) step.result = 'ENODEV';
  else state.closed[device] = 1;
}

export function open(step: Step, { device = 0 }: CommandOf<'open'>): void {
  const { state } = step;
  step.select(DEVICE.closedOrOpened);
  if (state.closed[device] === 0) step.result = 'EBUSY';
  else state.closed[device] = 0;
}

/** System memory cannot be added to a physical range that is recorded as device memory. */
export function hotAdd(step: Step, { device = 0 }: CommandOf<'hot-add'>): void {
  const { state } = step;
  step.select(DEVICE.memoryAdded);
  if (state.attached[device] === 1 || state.rangeTaken[device] === 1) step.result = 'EEXIST';
  else state.rangeTaken[device] = 1;
}

/** Removes the device together with the pages that are on it. */
export function surpriseRemove(step: Step, { device = 0 }: CommandOf<'surprise-remove'>): void {
  const { state } = step;
  if (state.attached[device] !== 1) {
    step.result = 'ENODEV';
    step.select(DEVICE.attached);
    return;
  }
  step.select(DEVICE.removed);
  step.names(0, 0, state.entry.length);
  for (let entry = 0; entry < state.entry.length; entry++) {
    const object = state.entry[entry] ?? NO_OBJECT;
    const isThere = object > NO_OBJECT && state.isOn(object, device);
    noteWrongFrames(step, entry, isThere);
    step.attributePage(isThere ? DEVICE.lostPage : DEVICE.sparedPage);
    if (object <= NO_OBJECT) continue;
    if (!isThere) {
      step.refine(DEVICE.sparedPage);
      continue;
    }
    step.refine(DEVICE.lostPage);
    loseEntry(step, entry);
  }
  state.attached[device] = 0;
}

/** If a frame is freed or kept because an entry is wrong, the mismatch is attributed to the rule for the entry. */
function noteWrongFrames(step: Step, entry: number, isThere: boolean): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (object <= NO_OBJECT || !step.state.onDevice(object)) return;
  if (isThere && step.isOnDevice(entry) === true) step.select(DEVICE.removedInPart);
  if (!isThere && step.hasLeft(object, entry) === true) step.select(DEVICE.removedTooMuch);
}
