import {
  isExclusive,
  isMapped,
  isPoison,
  LIKELY_WRITABLE,
  LOST,
  MAYBE_EXCLUSIVE,
  mayRead,
  mayWrite,
  MODIFIED_WHILE_WATCHED,
  NO_OBJECT,
  OOM,
  READ_ONLY,
  SIGBUS,
  someFrameOf,
  SYSTEM,
  WAS_MOVED,
  WATCHED_MISSING,
} from './state.ts';
import type { Step } from './step.ts';
import { bringFolio, headOf, isFolioStruck, migratesWhole } from './folio.ts';
import { BROUGHT_BACK, handleFault, migrateExtrasBack, STRUCK_BY_OOM } from './migrate-back.ts';
import { choice, ifSeen } from './choice.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { ACCESS } from './attribution/access.ts';
import { DEVICE_ACCESS } from './attribution/device-access.ts';
import { isRefusedACharge } from './charging.ts';
import { keep } from './tracking.ts';
import { settleWritable } from './migrate-page.ts';

/** Whether the device is attached and open. If not, the command returns ENODEV. */
export function isAnswering(step: Step, device: number): boolean {
  const { state } = step;
  if (state.works(device)) return true;
  const detached = state.attached[device] !== 1;
  step.result = 'ENODEV';
  step.select(detached ? DEVICE_ACCESS.detached : DEVICE_ACCESS.closed);
  return false;
}

/** The checks that every device access passes before it reaches the page. Returns true if the access may continue. */
export function deviceReach(step: Step, entry: number, write: boolean, device: number): boolean {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  if (!isAnswering(step, device)) return false;
  if (!isMapped(mapping)) {
    step.result = 'EFAULT';
    step.select(DEVICE_ACCESS.unmapped);
    return false;
  }
  if (!mayRead(mapping) || (write && !mayWrite(mapping))) {
    step.result = mayRead(mapping) ? 'EPERM' : 'EFAULT';
    step.select(DEVICE_ACCESS.denied);
    return false;
  }
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isPoison(object)) {
    step.result = 'EFAULT';
    step.select(object === LOST ? DEVICE_ACCESS.lost : DEVICE_ACCESS.poison);
    return false;
  }
  if (state.entry[entry] === NO_OBJECT && (mapping & WATCHED_MISSING) !== 0) {
    refuseWatched(step);
    step.select(ACCESS.trappedMissing);
    return false;
  }
  const writable = state.writable[entry] ?? READ_ONLY;
  if (isExclusive(writable)) state.writable[entry] = MAYBE_EXCLUSIVE;
  return true;
}

function refuseWatched(step: Step): void {
  step.result = step.chooseResult(['trapped', 'EFAULT']) ?? 'trapped';
}

const FOREIGN_LOAD = choice('page of another device', 'migrates to system', 'refused', 'in place');
const FOREIGN_STORE = choice('page of another device', 'migrates to system', 'refused');
const JOINED_ACCESS = choice('page of another device of the owner', 'migrates to system', 'in place');

export const IN_PLACE = 0;
const IN_SYSTEM = 1;
export const ANSWERED = 2;

/**
 * Accesses a page on another device. The owner migrates the page to system memory and the access continues there. In older
 * versions the access may also be refused, and a load may be executed in place.
 */
export function reachForeign(step: Step, entry: number, write: boolean): number {
  const { state, judging } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (judging.oneOwner) return reachJoined(step, entry, write);
  const { foreignAccessFaults, foreignErrorTellsCause } = judging.profile;
  step.select(foreignAccessFaults ? DEVICE_ACCESS.foreign : DEVICE_ACCESS.foreignEarly);
  const struck = step.injectionFails(SIGBUS, object, entry) || step.injectionFails(OOM, object, entry);
  if (!foreignAccessFaults) {
    const outcome = write
      ? step.choose(FOREIGN_STORE, observedForeignStore(step, entry, struck))
      : step.choose(FOREIGN_LOAD, observedForeignLoad(step, entry, struck));
    if (outcome === 'refused') {
      step.result = 'EFAULT';
      return ANSWERED;
    }
    if (outcome === 'in place') return IN_PLACE;
  }
  step.refine(DEVICE_ACCESS.ownerCalled);
  if (struck && foreignErrorTellsCause) step.select(DEVICE_ACCESS.foreignStruck);
  // Where the error is that of the cause, EFAULT may follow a retry if an injection of SIGBUS may strike as well.
  const mayFollow = foreignErrorTellsCause && step.injectionFails(SIGBUS, object, entry);
  const outcome = handleFault(step, entry, 'ENOMEM', mayFollow ? 'ENOMEM' : 'EFAULT');
  if (outcome === BROUGHT_BACK) {
    state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
    step.refine(DEVICE_ACCESS.foreignMigrated);
    return IN_SYSTEM;
  }
  if (foreignErrorTellsCause) {
    step.result = outcome === STRUCK_BY_OOM ? 'ENOMEM' : 'EFAULT';
    step.refine(DEVICE_ACCESS.foreignFailed);
  } else step.result = step.chooseResult(['EFAULT', 'ENOMEM']) ?? 'EFAULT';
  return ANSWERED;
}

/** The option of FOREIGN_LOAD that the observation shows. */
function observedForeignLoad(
  step: Step,
  entry: number,
  struck: boolean,
): 'migrates to system' | 'refused' | 'in place' | undefined {
  const calls = step.faultCalls();
  if (calls !== undefined && calls > 0) return 'migrates to system';
  const onDevice = step.isOnDevice(entry);
  if (calls === undefined && onDevice !== true)
    return onDevice === undefined ? undefined : 'migrates to system';
  // Without callbacks, page_fault may have been called and failed.
  if (step.returned('EFAULT') === true) return calls === undefined && struck ? undefined : 'refused';
  return 'in place';
}

/** The same for a store. A store is never executed in place, so the page should have migrated. */
function observedForeignStore(
  step: Step,
  entry: number,
  struck: boolean,
): 'migrates to system' | 'refused' | undefined {
  const seen = observedForeignLoad(step, entry, struck);
  return seen === 'in place' ? 'migrates to system' : seen;
}

/** A page on another device of the same owner is accessed in place, or migrates to system memory like a foreign page. */
function reachJoined(step: Step, entry: number, write: boolean): number {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  step.select(DEVICE_ACCESS.joined);
  const calls = step.faultCalls();
  // A store through a READ entry may also call page_fault if the page stays.
  const hint =
    calls === undefined || (calls > 0 && write) ? undefined : calls === 0 ? 'in place' : 'migrates to system';
  if (step.choose(JOINED_ACCESS, hint) === 'in place') return IN_PLACE;
  step.refine(DEVICE_ACCESS.ownerCalled);
  if (handleFault(step, entry, 'ENOMEM', 'EFAULT') === BROUGHT_BACK) {
    state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
    return IN_SYSTEM;
  }
  step.result = step.chooseResult(['EFAULT', 'ENOMEM']) ?? 'EFAULT';
  return ANSWERED;
}

const SHARERS = choice('other sharers of the page', 'migrate to system', 'stay');
const PAGE_FAULT = choice('page_fault', 'not called', 'called');
const OWN_PAGE = choice("writer's own page", 'in system memory', 'on the device');

/** Whether the store is refused because the writer's group may not be charged for the new page. */
export function isRefusedItsPage(step: Step, entry: number): boolean {
  if (!isRefusedACharge(step, entry, ['ENOMEM', 'EFAULT'])) return false;
  step.result = step.chooseResult(['ENOMEM', 'EFAULT']) ?? 'ENOMEM';
  step.refine(DEVICE_ACCESS.storeAtLimit);
  return true;
}

/** Stores to a new page that only the writer maps. */
export function storeByCopy(
  step: Step,
  command: CommandOf<'device-store'>,
  object: number,
  entry: number,
): void {
  const { state } = step;
  const { device = 0 } = command;
  const past = state.history[object] ?? 0;
  const shared = (state.maps[object] ?? 0) > 1;
  if (state.isInFolio(object) && state.onDevice(object)) {
    const place = state.place[object] ?? SYSTEM;
    const faultHead = headOf(state, object, entry);
    const migration = migratesWhole(step, object, entry);
    // A store that an injection strikes fails before this point.
    if (migration === 'refused') step.ruleOut();
    else if (migration !== 'base page') {
      if (isFolioStruck(step, state.membersOf(object))) step.ruleOut();
      if (step.choose(PAGE_FAULT, ifSeen(step.hasFaulted(), 'called', 'not called')) === 'called') {
        step.faults = 1;
        step.faultPlace = place;
        step.faultHead = faultHead;
      }
      bringFolio(step, object);
      if (step.faults > 0) migrateExtrasBack(step, entry);
      if (!shared) {
        state.value[object] = command.value;
        state.writable[entry] = LIKELY_WRITABLE;
        keep(state, entry);
        return;
      }
    }
  }
  if (shared) {
    step.refine(DEVICE_ACCESS.storesToShared);
    if (state.pinned(object)) step.refine(DEVICE_ACCESS.storesToPinned);
    if (state.onDevice(object)) maybeMigrateSharersBack(step, object, entry);
    if (isRefusedItsPage(step, entry)) return;
  } else {
    maybeFault(step, object, entry);
  }
  const place = newPlace(step, entry, device, shared ? 0 : 1);
  if (!shared && place === SYSTEM) {
    step.moveToSystem(object);
    state.value[object] = command.value;
    state.writable[entry] = LIKELY_WRITABLE;
    keep(state, entry);
    return;
  }
  const group = state.group[object] ?? 0;
  step.unlink(entry);
  const own = step.newObject(command.value, place, entry);
  // The copy of a page that only the writer mapped is charged to the same group as before.
  if (!shared) state.group[own] = group;
  state.history[own] = past;
  step.link(entry, own, LIKELY_WRITABLE);
  settleCopy(step, entry);
}

/** The other sharers either all stay on their frame or all migrate to system memory, with or without a page_fault. */
function maybeMigrateSharersBack(step: Step, object: number, entry: number): void {
  const { state } = step;
  // An object that an injection still strikes does not migrate to system memory.
  if (step.injectionFails(SIGBUS, object, entry) || step.injectionFails(OOM, object, entry)) return;
  const sharer = state.entry.findIndex((other, at) => other === object && at !== entry);
  if (step.choose(SHARERS, ifSeen(step.isOnDevice(sharer), 'stay', 'migrate to system')) === 'stay') return;
  maybeFault(step, object, entry);
  step.moveToSystem(object);
}

/** At most one page_fault, for the writer's process and page. If it is called, further pages may migrate with it. */
function maybeFault(step: Step, object: number, entry: number): void {
  if (step.choose(PAGE_FAULT, ifSeen(step.hasFaulted(), 'called', 'not called')) === 'not called') return;
  step.faults = 1;
  step.faultPlace = step.state.place[object] ?? SYSTEM;
  migrateExtrasBack(step, entry);
}

/** The place of the writer's own page: system memory, or a frame if the device has a free one. */
export function newPlace(step: Step, entry: number, device: number, leaving = 0): number {
  if (!step.state.hasRoom(device, leaving)) return SYSTEM;
  const hint = ifSeen(step.isOnDevice(entry), 'on the device', 'in system memory');
  return step.choose(OWN_PAGE, hint) === 'in system memory' ? SYSTEM : someFrameOf(device);
}

/** Determines whether the new entry may be WRITE. */
export function settleCopy(step: Step, entry: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (step.state.onDevice(object)) settleWritable(step, object);
}

const TRAPPED_PAGE = choice('page of the trapped access', 'migrates to system', 'stays');

/** A device store to a page that is watched for stores. It stores nothing, but the page may migrate to system memory. */
export function trapStore(step: Step, entry: number, object: number): void {
  const { state } = step;
  const survived = ((state.history[object] ?? 0) & MODIFIED_WHILE_WATCHED) !== 0;
  step.select(survived ? DEVICE_ACCESS.trappedAfterChange : DEVICE_ACCESS.trapped);
  refuseWatched(step);
  if (!state.onDevice(object)) return;
  const struck = step.injectionFails(SIGBUS, object, entry) || step.injectionFails(OOM, object, entry);
  if (struck) {
    // page_fault may have been called and failed. The result then shows the reason.
    const asked = step.choose(PAGE_FAULT, ifSeen(step.hasFaulted(), 'called', 'not called'));
    if (asked === 'not called') return;
    handleFault(step, entry, 'ENOMEM', 'EFAULT');
    if (state.onDevice(object)) step.result = step.chooseResult(['ENOMEM', 'EFAULT']) ?? 'ENOMEM';
    return;
  }
  const hint = ifSeen(step.isOnDevice(entry), 'stays', 'migrates to system');
  if (step.choose(TRAPPED_PAGE, hint) === 'stays') return;
  maybeFault(step, object, entry);
  if (state.onDevice(object)) step.moveToSystem(object);
}
