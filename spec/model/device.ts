import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { commonIndex } from './access.ts';
import { BROUGHT_BACK, bringExtras, fault } from './bring-back.ts';
import { isRefusedACharge } from './charging.ts';
import { type Blame, blame } from './blame.ts';
import { settleFlavours } from './migrate.ts';
import { emptyValue } from './own-page.ts';
import { isCommon, isHost, isMapped, mayRead, mayWrite } from './permission.ts';
import {
  EITHER_FLAVOUR,
  isExclusive,
  LIKELY_WRITE,
  MAYBE_EXCLUSIVE,
  NO_COPY,
  NO_FRAME,
  NO_OBJECT,
  OOM,
  POISONED,
  READ_FLAVOUR,
  SIGBUS,
  someFrameOf,
  STIRRED_WHILE_WATCHED,
  SYSTEM,
  WAS_MOVED,
  WAS_SHARED,
  WATCHED_MISSING,
  WATCHED_STORES,
  WRITE_FLAVOUR,
} from './state.ts';
import { type Step, UNSEEN } from './step.ts';
import { becomeDirtyOrClean } from './tracking.ts';
import { MISSING_TOUCHED } from './touch-blames.ts';

const DEVICES_FOREIGN_ACCESS = ruleIndex('devices.foreign-access');
const DEVICES_FOREIGN_VALUE = ruleIndex('devices.foreign-value');
const DEVICES_OWNER_CALLED = ruleIndex('devices.owner-called');
const DEVICE_CLOSED = ruleIndex('device.closed');
const DEVICE_DETACHED = ruleIndex('device.detached');
const DEVICE_LOAD_QUIET = ruleIndex('device.load-quiet');
const DEVICE_LOAD_VALUE = ruleIndex('device.load-value');
const DEVICE_PERMISSION = ruleIndex('device.permission');
const DEVICE_STORE_COUNTS = ruleIndex('device.store-counts');
const DEVICE_STORE_LANDS = ruleIndex('device.store-lands');
const DEVICE_STORE_PLACE = ruleIndex('device.store-place');
const FAILURE_POISON_LASTS = ruleIndex('failure.poison-lasts');
const FORK_ISOLATION = ruleIndex('fork.isolation');
const FORK_PIN_STAYS = ruleIndex('fork.pin-stays');
const TYPES_HOST_VALUE = ruleIndex('types.host-value');
const TYPES_SHARED_VALUE = ruleIndex('types.shared-value');
const WATCH_PASSES_LOADS = ruleIndex('watch.passes-loads');
const WATCH_SURVIVES = ruleIndex('watch.survives');
const WATCH_TRAPS_MISSING = ruleIndex('watch.traps-missing');
const WATCH_TRAPS_STORE = ruleIndex('watch.traps-store');
const UNMAP_THEN_REFUSED = ruleIndex('unmap.then-refused');

const CLOSED = blame({ result: 'device.closed', value: 'device.closed' });
const DETACHED = blame({ result: 'device.detached', value: 'device.detached' });
const REFUSED = blame({
  result: 'device.permission',
  value: 'device.permission',
  faults: 'device.permission',
});
const GONE: Blame = { ...REFUSED, result: 'unmap.then-refused', value: 'unmap.then-refused' };
const POISON: Blame = { ...REFUSED, result: 'failure.poison-lasts', entry: 'failure.poison-lasts' };
const LOADED = blame({
  result: 'device.permission',
  value: 'device.load-value',
  faults: 'device.load-quiet',
  frees: 'device.load-quiet',
  entry: 'device.load-quiet',
  sharers: 'device.load-quiet',
  flavour: 'device.load-quiet',
  references: 'device.load-quiet',
  mappings: 'device.load-quiet',
});
const LOADED_HOLE: Blame = { ...LOADED, value: 'migrate.hole-is-zero' };
const LOADED_SHARED: Blame = { ...LOADED, value: 'fork.isolation' };
const LOADED_HOST: Blame = { ...LOADED, value: 'types.host-value' };
const STORED = blame({
  result: 'device.store-lands',
  value: 'device.store-lands',
  faults: 'device.store-place',
  frees: 'device.store-counts',
  entry: 'device.store-place',
  sharers: 'device.store-place',
  flavour: 'device.store-place',
  references: 'device.store-counts',
  mappings: 'device.store-counts',
});
const STORED_HOST = blame({ entry: 'types.host-stays', faults: 'types.host-quiet' }, STORED);

/** The injections that may strike a device store that makes an object anew; and one that may bring one back first. */
const ANEW = [NO_FRAME, NO_COPY] as const;
const BACK_OR_ANEW = [SIGBUS, OOM, ...ANEW] as const;

const LOADED_SHARED_MEMORY: Blame = { ...LOADED, value: 'types.shared-value', entry: 'types.shared-stays' };
const STORED_SHARED_MEMORY = blame({ entry: 'types.shared-stays', faults: 'types.shared-stays' }, STORED);
/** A page on another device: whether it comes back, by whom, and what is seen of it then. */
const FOREIGN = blame({
  result: 'devices.foreign-access',
  value: 'devices.foreign-access',
  faults: 'devices.foreign-access',
  frees: 'devices.foreign-access',
  entry: 'devices.foreign-access',
  sharers: 'fault.moves-all',
});
const FOREIGN_EARLY = blame({
  result: 'devices.foreign-value',
  value: 'devices.foreign-value',
  faults: 'devices.foreign-value',
  frees: 'devices.foreign-value',
  entry: 'devices.foreign-value',
});
const STORE_TRAPPED = blame({
  result: 'watch.traps-store',
  value: 'watch.traps-store',
  faults: 'watch.traps-store',
  entry: 'watch.traps-store',
  charge: 'watch.traps-store',
});
const NO_CHARGE_OF = { result: 'account.limit-holds', charge: 'account.limit-holds' } as const;

const WATCH_SURVIVED: Blame = { ...STORE_TRAPPED, result: 'watch.survives', value: 'watch.survives' };

/** Whether the device takes part at all. */
export function isAnswering(step: Step, device: number): boolean {
  const { state } = step;
  if (state.works(device)) return true;
  const detached = state.attached[device] !== 1;
  step.result = 'ENODEV';
  step.blame = detached ? DETACHED : CLOSED;
  step.exercise(detached ? DEVICE_DETACHED : DEVICE_CLOSED);
  return false;
}

/** The way of every device access up to the page. True when it may go on. */
function reach(step: Step, entry: number, write: boolean, device: number): boolean {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  if (!isAnswering(step, device)) return false;
  if (!isMapped(mapping)) {
    step.result = 'EFAULT';
    step.blame = GONE;
    step.exercise(UNMAP_THEN_REFUSED);
    return false;
  }
  if (!mayRead(mapping) || (write && !mayWrite(mapping))) {
    step.result = mayRead(mapping) ? 'EPERM' : 'EFAULT';
    step.blame = REFUSED;
    step.exercise(DEVICE_PERMISSION);
    return false;
  }
  if (state.entry[entry] === POISONED) {
    step.result = 'EFAULT';
    step.blame = POISON;
    step.exercise(FAILURE_POISON_LASTS);
    return false;
  }
  if (state.entry[entry] === NO_OBJECT && (mapping & WATCHED_MISSING) !== 0) {
    refuseWatched(step);
    step.blame = MISSING_TOUCHED;
    step.exercise(WATCH_TRAPS_MISSING);
    return false;
  }
  const flavour = state.flavour[entry] ?? READ_FLAVOUR;
  if (isExclusive(flavour)) state.flavour[entry] = MAYBE_EXCLUSIVE;
  return true;
}

function refuseWatched(step: Step): void {
  step.result = step.pick(2, step.seenAnswer('trapped')) === 0 ? 'trapped' : 'EFAULT';
}

const IN_PLACE = 0;
const IN_SYSTEM = 1;
const ANSWERED = 2;

/**
 * A page on another device. It comes back by way of its owner, and the access goes on in system memory; in older
 * versions it may also be refused, or be read where it is.
 */
function reachForeign(step: Step, entry: number, write: boolean): number {
  const { state, terms } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  const { foreignAccessFaults } = terms.profile;
  step.blame = foreignAccessFaults ? FOREIGN : FOREIGN_EARLY;
  step.exercise(foreignAccessFaults ? DEVICES_FOREIGN_ACCESS : DEVICES_FOREIGN_VALUE);
  const struck = step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry);
  if (!foreignAccessFaults) {
    const way = step.pick(write ? 2 : 3, seenForeign(step, entry, write, struck));
    if (way === 1) {
      step.result = 'EFAULT';
      return ANSWERED;
    }
    if (way === 2) return IN_PLACE;
  }
  step.exercise(DEVICES_OWNER_CALLED);
  if (fault(step, entry, 'ENOMEM') === BROUGHT_BACK) {
    state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
    step.exercise(DEVICES_FOREIGN_VALUE);
    return IN_SYSTEM;
  }
  if (struck) step.result = step.pick(2, step.seenAnswer('EFAULT')) === 0 ? 'EFAULT' : 'ENOMEM';
  return ANSWERED;
}

/** 0 where the page is seen to have come back or to have been asked for, 1 where it was refused, 2 where it was read in place. */
function seenForeign(step: Step, entry: number, write: boolean, struck: boolean): number {
  const calls = step.seenFaults();
  if (calls > 0) return 0;
  if (calls < 0 && step.seenInSystem(entry) < 0) return -1;
  if (calls < 0 && step.seenInSystem(entry) === 0) return 0;
  // Whoever does not show its callbacks may have asked in vain.
  if (step.seenAnswer('EFAULT') === 0) return calls < 0 && struck ? -1 : 1;
  // Nothing is stored in place: whoever did so should have asked for the page.
  return write ? 0 : 2;
}

export function deviceLoad(step: Step, command: CommandOf<'device-load'>): void {
  const { state } = step;
  const { device = 0 } = command;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!reach(step, entry, false, device)) return;
  step.exercise(DEVICE_LOAD_VALUE);
  const object = state.entry[entry] ?? NO_OBJECT;
  const mapping = state.mapping[entry] ?? 0;
  if (isCommon(mapping)) {
    step.blame = isHost(mapping) ? LOADED_HOST : LOADED_SHARED_MEMORY;
    step.exercise(isHost(mapping) ? TYPES_HOST_VALUE : TYPES_SHARED_VALUE);
    step.exercise(DEVICE_LOAD_QUIET);
    step.result = state.common[commonIndex(state, entry)] ?? 0;
    return;
  }
  if (((state.track[entry] ?? 0) & WATCHED_STORES) !== 0) step.exercise(WATCH_PASSES_LOADS);
  if (object !== NO_OBJECT && state.onDevice(object) && !state.isOn(object, device)) {
    if (reachForeign(step, entry, false) !== ANSWERED) step.result = state.value[object] ?? 0;
    return;
  }
  step.exercise(DEVICE_LOAD_QUIET);
  const shared = object !== NO_OBJECT && ((state.history[object] ?? 0) & WAS_SHARED) !== 0;
  step.blame = shared ? LOADED_SHARED : state.isStillTheHole(object) ? LOADED_HOLE : LOADED;
  step.result = object === NO_OBJECT ? emptyValue(step, entry) : (state.value[object] ?? 0);
}

export function deviceStore(step: Step, command: CommandOf<'device-store'>): void {
  const { state } = step;
  const { device = 0 } = command;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!reach(step, entry, true, device)) return;
  const mapping = state.mapping[entry] ?? 0;
  step.mayTakeFrames = true;
  if (isCommon(mapping)) {
    step.exercise(DEVICE_STORE_LANDS);
    step.blame = isHost(mapping) ? STORED_HOST : STORED_SHARED_MEMORY;
    step.exercise(isHost(mapping) ? TYPES_HOST_VALUE : TYPES_SHARED_VALUE);
    state.common[commonIndex(state, entry)] = command.value;
    return;
  }
  const object = state.entry[entry] ?? NO_OBJECT;
  if (((state.track[entry] ?? 0) & WATCHED_STORES) !== 0) {
    trapStore(step, entry, object);
    return;
  }
  if (object !== NO_OBJECT && state.onDevice(object) && !state.isOn(object, device)) {
    if (reachForeign(step, entry, true) === ANSWERED) return;
    if ((state.maps[object] ?? 0) <= 1) {
      changeInPlace(step, entry, object, command.value);
      return;
    }
  } else {
    step.blame = STORED;
  }
  step.exercise(DEVICE_STORE_LANDS);
  step.exercise(DEVICE_STORE_PLACE);
  if (object !== NO_OBJECT && storesInPlace(step, object, entry)) {
    changeInPlace(step, entry, object, command.value);
    return;
  }
  step.exercise(DEVICE_STORE_COUNTS);
  if (mayFail(step, object, entry)) return;
  becomeDirtyOrClean(state, entry);
  if (object === NO_OBJECT) {
    if (isRefusedItsPage(step, entry)) return;
    const filled = step.newObject(command.value, newPlace(step, entry, device), entry);
    step.link(entry, filled, LIKELY_WRITE);
    settle(step, entry);
    return;
  }
  storeByCopy(step, command, object, entry);
}

function changeInPlace(step: Step, entry: number, object: number, value: number): void {
  const { state } = step;
  state.value[object] = value;
  state.droppable[object] = 0;
  becomeDirtyOrClean(state, entry);
}

/** A store to a page that is watched: it does not land, and the page may come back from the device for it. */
function trapStore(step: Step, entry: number, object: number): void {
  const { state } = step;
  step.exercise(WATCH_TRAPS_STORE);
  const survived = ((state.history[object] ?? 0) & STIRRED_WHILE_WATCHED) !== 0;
  if (survived) step.exercise(WATCH_SURVIVES);
  step.blame = survived ? WATCH_SURVIVED : STORE_TRAPPED;
  refuseWatched(step);
  if (!state.onDevice(object)) return;
  const comesBack = step.seenInSystem(entry);
  const struck = step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry);
  if (struck) {
    // It may have been asked for in vain, in which case the answer says why.
    const asked = step.pick(2, step.seenFaults());
    if (asked === 0) return;
    fault(step, entry, 'ENOMEM');
    if (state.onDevice(object))
      step.result = step.pick(2, step.seenAnswer('ENOMEM')) === 0 ? 'ENOMEM' : 'EFAULT';
    return;
  }
  if (step.pick(2, comesBack) === 1) return;
  maybeFault(step, object, entry);
  if (state.onDevice(object)) step.moveToSystem(object);
}

/** Where the writer's group may not be charged for a page of its own, the store is refused. */
function isRefusedItsPage(step: Step, entry: number): boolean {
  if (!isRefusedACharge(step, entry, ['ENOMEM', 'EFAULT'])) return false;
  step.result = step.pick(2, step.seenAnswer('ENOMEM')) === 0 ? 'ENOMEM' : 'EFAULT';
  step.blame = { ...step.blame, ...NO_CHARGE_OF };
  return true;
}

/** Whether the store changes the object where it is: a sole mapper in system memory, or a WRITE entry. */
function storesInPlace(step: Step, object: number, entry: number): boolean {
  const { state, terms } = step;
  if (!state.onDevice(object)) {
    if (state.maps[object] === 1) return true;
    step.exercise(FORK_ISOLATION);
    return false;
  }
  const flavour = state.flavour[entry] ?? 0;
  if (flavour === WRITE_FLAVOUR) return true;
  // Not looked at since it was made: it may be WRITE, and then the answer is the only thing that tells.
  const maybeWrite = flavour === LIKELY_WRITE || flavour === EITHER_FLAVOUR;
  if (maybeWrite) {
    if (!terms.deviceCopyOnWrite && step.seenAnswer('EFAULT') === 0) return false;
    return step.pick(2) === 0;
  }
  return false;
}

/** Without copy-on-write by the device, and where an injection strikes on the way, the store may be refused. */
function mayFail(step: Step, object: number, entry: number): boolean {
  const { terms, state } = step;
  if (object !== NO_OBJECT && state.onDevice(object) && !terms.deviceCopyOnWrite) {
    step.result = 'EFAULT';
    return true;
  }
  // Only what lives on the device can be brought back, and be asked for by page_fault.
  const onDevice = object !== NO_OBJECT && state.onDevice(object);
  const kinds = (onDevice ? BACK_OR_ANEW : ANEW).filter((kind) => step.strikes(kind, object, entry));
  if (kinds.length === 0) return false;
  // A refusal may also come of a limit, later on: then the answer does not tell.
  const isLimited = state.limit.some((limit) => limit !== 0);
  const fails = step.pick(2, isLimited ? UNSEEN : step.seenAnswer('EFAULT', 'ENOMEM')) === 0;
  if (fails) {
    step.result = step.pick(2, step.seenAnswer('EFAULT')) === 0 ? 'EFAULT' : 'ENOMEM';
    if (onDevice && step.pick(2, step.seenFaults()) === 1) {
      step.faults = 1;
      step.faultPlace = state.place[object] ?? SYSTEM;
    }
  }
  let struck = false;
  for (const kind of kinds) {
    if (!step.lasting(kind) && step.pick(2) === 0) continue;
    step.consume(kind);
    struck = true;
  }
  // Nothing fails that was not struck.
  if (fails && !struck) step.ruleOut();
  return fails;
}

/** The writer ends alone with the value. */
function storeByCopy(step: Step, command: CommandOf<'device-store'>, object: number, entry: number): void {
  const { state } = step;
  const { device = 0 } = command;
  const past = state.history[object] ?? 0;
  const shared = (state.maps[object] ?? 0) > 1;
  if (shared) {
    step.exercise(FORK_ISOLATION);
    if (state.pinned(object)) step.exercise(FORK_PIN_STAYS);
    if (state.onDevice(object)) maybeBringSharersBack(step, object, entry);
    if (isRefusedItsPage(step, entry)) return;
  } else {
    maybeFault(step, object, entry);
  }
  const place = newPlace(step, entry, device, shared ? 0 : 1);
  if (!shared && place === SYSTEM) {
    step.moveToSystem(object);
    state.value[object] = command.value;
    state.flavour[entry] = LIKELY_WRITE;
    return;
  }
  const group = state.group[object] ?? 0;
  step.unlink(entry);
  const own = step.newObject(command.value, place, entry);
  // A page that was the writer's alone is charged as it was.
  if (!shared) state.group[own] = group;
  state.history[own] = past;
  step.link(entry, own, LIKELY_WRITE);
  settle(step, entry);
}

/** The sharers all stay on their frame, or are all in system memory afterwards, by way of page_fault or without it. */
function maybeBringSharersBack(step: Step, object: number, entry: number): void {
  const { state } = step;
  // What is struck still does not come back.
  if (step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry)) return;
  const sharer = state.entry.findIndex((other, at) => other === object && at !== entry);
  if (step.pick(2, step.seenInSystem(sharer)) === 1) return;
  maybeFault(step, object, entry);
  step.moveToSystem(object);
}

/** At most one page_fault, for the writer's process and page; where it was called it may have brought more. */
function maybeFault(step: Step, object: number, entry: number): void {
  if (step.pick(2, step.seenFaults()) === 0) return;
  step.faults = 1;
  step.faultPlace = step.state.place[object] ?? SYSTEM;
  bringExtras(step, entry);
}

/** Where the writer's own page goes: system memory, or a frame where one is left. */
function newPlace(step: Step, entry: number, device: number, leaving = 0): number {
  if (!step.state.hasRoom(device, leaving)) return SYSTEM;
  return step.pick(2, step.seenInSystem(entry)) === 0 ? SYSTEM : someFrameOf(device);
}

/** The flavour that the new entry may have. */
function settle(step: Step, entry: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (step.state.onDevice(object)) settleFlavours(step, object);
}
