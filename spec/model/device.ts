import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { bringExtras } from './bring-back.ts';
import { type Blame, blame } from './blame.ts';
import { settleFlavours } from './migrate.ts';
import { isHost, isMapped, mayRead, mayWrite } from './permission.ts';
import {
  EITHER_FLAVOUR,
  LIKELY_WRITE,
  NO_COPY,
  NO_FRAME,
  NO_OBJECT,
  OOM,
  POISONED,
  SIGBUS,
  SOME_FRAME,
  SYSTEM,
  WAS_SHARED,
  WRITE_FLAVOUR,
} from './state.ts';
import type { Step } from './step.ts';

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
const UNMAP_THEN_REFUSED = ruleIndex('unmap.then-refused');

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

/** The way of every device access up to the page. True when it may go on. */
function reach(step: Step, entry: number, write: boolean): boolean {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  if (!state.attached) {
    step.result = 'ENODEV';
    step.blame = DETACHED;
    step.exercise(DEVICE_DETACHED);
    return false;
  }
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
  return true;
}

export function deviceLoad(step: Step, command: CommandOf<'device-load'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!reach(step, entry, false)) return;
  step.exercise(DEVICE_LOAD_VALUE);
  step.exercise(DEVICE_LOAD_QUIET);
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isHost(state.mapping[entry] ?? 0)) {
    step.blame = LOADED_HOST;
    step.exercise(TYPES_HOST_VALUE);
    step.result = state.hostValue[command.page] ?? 0;
    return;
  }
  const shared = object !== NO_OBJECT && ((state.history[object] ?? 0) & WAS_SHARED) !== 0;
  step.blame = shared ? LOADED_SHARED : state.isStillTheHole(object) ? LOADED_HOLE : LOADED;
  step.result = object === NO_OBJECT ? 0 : (state.value[object] ?? 0);
}

export function deviceStore(step: Step, command: CommandOf<'device-store'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!reach(step, entry, true)) return;
  step.exercise(DEVICE_STORE_LANDS);
  step.blame = STORED;
  step.mayTakeFrames = true;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isHost(state.mapping[entry] ?? 0)) {
    step.blame = STORED_HOST;
    step.exercise(TYPES_HOST_VALUE);
    state.hostValue[command.page] = command.value;
    return;
  }
  step.exercise(DEVICE_STORE_PLACE);
  if (object !== NO_OBJECT && storesInPlace(step, object, entry)) {
    state.value[object] = command.value;
    return;
  }
  step.exercise(DEVICE_STORE_COUNTS);
  if (mayFail(step, object, entry)) return;
  if (object === NO_OBJECT) {
    const filled = step.newObject(command.value, newPlace(step, entry));
    step.link(entry, filled, LIKELY_WRITE);
    settle(step, entry);
    return;
  }
  storeByCopy(step, command, object, entry);
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
  const fails = step.pick(2, step.seenAnswer('EFAULT', 'ENOMEM')) === 0;
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
  const past = state.history[object] ?? 0;
  const shared = (state.maps[object] ?? 0) > 1;
  if (shared) {
    step.exercise(FORK_ISOLATION);
    if (state.pinned(object)) step.exercise(FORK_PIN_STAYS);
    if (state.onDevice(object)) maybeBringSharersBack(step, object, entry);
  } else {
    maybeFault(step, object, entry);
  }
  const place = newPlace(step, entry, shared ? 0 : 1);
  if (!shared && place === SYSTEM) {
    step.moveToSystem(object);
    state.value[object] = command.value;
    state.flavour[entry] = LIKELY_WRITE;
    return;
  }
  step.unlink(entry);
  const own = step.newObject(command.value, place);
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
function newPlace(step: Step, entry: number, leaving = 0): number {
  const { state } = step;
  if (state.onDeviceCount - leaving >= state.scope.frames) return SYSTEM;
  return step.pick(2, step.seenInSystem(entry)) === 0 ? SYSTEM : SOME_FRAME;
}

/** The flavour that the new entry may have. */
function settle(step: Step, entry: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (step.state.onDevice(object)) settleFlavours(step, object);
}
