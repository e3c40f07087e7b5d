import type { CommandOf } from '../vocabulary/command.ts';
import type { Outcome } from './attribution/attribution.ts';
import { DEVICE_ACCESS } from './attribution/device-access.ts';
import { commonIndex } from './access.ts';
import {
  ANSWERED,
  deviceReach,
  IN_PLACE,
  isRefusedItsPage,
  newPlace,
  reachForeign,
  settleCopy,
  storeByCopy,
  trapStore,
} from './device-reach.ts';
import { isSplitStruck, maybePopulateBlock, maySplit } from './folio.ts';
import { emptyValue, maybeCopyFromFolio } from './own-page.ts';
import {
  isCommon,
  isHost,
  LIKELY_WRITABLE,
  MAYBE_WRITABLE,
  NO_COPY,
  NO_FRAME,
  NO_OBJECT,
  NO_SPLIT,
  OOM,
  SIGBUS,
  type State,
  SYSTEM,
  WAS_SHARED,
  WATCHED_STORES,
  WRITABLE,
} from './state.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean, keep } from './tracking.ts';
import { choice, ifSeen } from './choice.ts';

export function deviceLoad(step: Step, command: CommandOf<'device-load'>): void {
  const { state } = step;
  const { device = 0 } = command;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!deviceReach(step, entry, false, device)) return;
  step.refine(DEVICE_ACCESS.loads);
  const object = state.entry[entry] ?? NO_OBJECT;
  const mapping = state.mapping[entry] ?? 0;
  if (isCommon(mapping)) {
    step.select(isHost(mapping) ? DEVICE_ACCESS.loadedHost : DEVICE_ACCESS.loadedSharedMemory);
    step.result = state.common[commonIndex(state, entry)] ?? 0;
    return;
  }
  if (((state.track[entry] ?? 0) & WATCHED_STORES) !== 0) step.refine(DEVICE_ACCESS.loadsWatched);
  if (object !== NO_OBJECT && state.onDevice(object) && !state.isOn(object, device)) {
    if (reachForeign(step, entry, false) !== ANSWERED) step.result = state.value[object] ?? 0;
    return;
  }
  const shared = object !== NO_OBJECT && ((state.history[object] ?? 0) & WAS_SHARED) !== 0;
  step.select(shared ? DEVICE_ACCESS.loadedShared : loadedFrom(state, object));
  step.result = object === NO_OBJECT ? emptyValue(step, entry) : (state.value[object] ?? 0);
}

/** The attribution of a load, by the page that it reads. */
function loadedFrom(state: State, object: number): Outcome {
  const isUnpopulated = state.isStillUnpopulated(object);
  if (state.isInFolio(object))
    return isUnpopulated ? DEVICE_ACCESS.loadedUnpopulatedFolio : DEVICE_ACCESS.loadedFolio;
  return isUnpopulated ? DEVICE_ACCESS.loadedUnpopulated : DEVICE_ACCESS.loaded;
}

const NEW_ENTRY = choice('device entry that was not shown yet', 'WRITE', 'READ');
const STRUCK_STORE = choice('device store with an injected failure', 'fails', 'succeeds');
const PAGE_FAULT = choice('page_fault', 'not called', 'called');
const INJECTION = choice('injection', 'not used', 'used');

/** The injections that may strike a device store that allocates a page; and one that may first migrate a page to system. */
const ANEW = [NO_FRAME, NO_COPY] as const;
const BACK_OR_ANEW = [SIGBUS, OOM, ...ANEW] as const;

export function deviceStore(step: Step, command: CommandOf<'device-store'>): void {
  const { state } = step;
  const { device = 0 } = command;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!deviceReach(step, entry, true, device)) return;
  const mapping = state.mapping[entry] ?? 0;
  step.mayAllocateFrames = true;
  if (isCommon(mapping)) {
    step.select(isHost(mapping) ? DEVICE_ACCESS.storedHost : DEVICE_ACCESS.storedSharedMemory);
    state.common[commonIndex(state, entry)] = command.value;
    return;
  }
  const object = state.entry[entry] ?? NO_OBJECT;
  if (((state.track[entry] ?? 0) & WATCHED_STORES) !== 0) {
    trapStore(step, entry, object);
    return;
  }
  if (object !== NO_OBJECT && state.onDevice(object) && !state.isOn(object, device)) {
    const where = reachForeign(step, entry, true);
    if (where === ANSWERED) return;
    if (where !== IN_PLACE && (state.maps[object] ?? 0) <= 1) {
      changeInPlace(step, entry, object, command.value);
      return;
    }
  } else {
    step.select(DEVICE_ACCESS.stored);
  }
  step.refine(DEVICE_ACCESS.stores);
  if (object !== NO_OBJECT && storesInPlace(step, object, entry)) {
    const own = state.onDevice(object) ? object : maybeCopyFromFolio(step, entry, object);
    changeInPlace(step, entry, own, command.value);
    return;
  }
  step.refine(DEVICE_ACCESS.storesToNewPage);
  if (mayFail(step, object, entry)) return;
  becomeDirtyOrClean(state, entry);
  if (object === NO_OBJECT) {
    if (isRefusedItsPage(step, entry)) return;
    const populated = maybePopulateBlock(step, entry);
    if (populated !== undefined) {
      state.value[populated] = command.value;
      state.writable[entry] = LIKELY_WRITABLE;
      return;
    }
    const filled = step.newObject(command.value, newPlace(step, entry, device), entry);
    step.link(entry, filled, LIKELY_WRITABLE);
    settleCopy(step, entry);
    return;
  }
  storeByCopy(step, command, object, entry);
}

function changeInPlace(step: Step, entry: number, object: number, value: number): void {
  const { state } = step;
  state.value[object] = value;
  keep(state, entry);
  becomeDirtyOrClean(state, entry);
}

/** Whether the store changes the object in place: for a sole mapper in system memory, or through a WRITE entry. */
function storesInPlace(step: Step, object: number, entry: number): boolean {
  const { state, judging } = step;
  if (!state.onDevice(object)) {
    if (state.maps[object] === 1) return true;
    step.refine(DEVICE_ACCESS.storesToShared);
    return false;
  }
  const writable = state.writable[entry] ?? 0;
  if (writable === WRITABLE) return true;
  // No snapshot has shown the entry since it was made. It may be WRITE, and only the result of the store shows that.
  const maybeWrite = writable === LIKELY_WRITABLE || writable === MAYBE_WRITABLE;
  if (maybeWrite) {
    if (!judging.deviceCopyOnWrite && step.returned('EFAULT') === true) return false;
    return step.choose(NEW_ENTRY) === 'WRITE';
  }
  return false;
}

/** Whether the store fails: because the device does no copy-on-write, or because an injection strikes. */
function mayFail(step: Step, object: number, entry: number): boolean {
  const { judging, state } = step;
  if (object !== NO_OBJECT && state.onDevice(object) && !judging.deviceCopyOnWrite) {
    step.result = 'EFAULT';
    return true;
  }
  // Only a page on the device can migrate to system memory, by a call of page_fault.
  const onDevice = object !== NO_OBJECT && state.onDevice(object);
  const strikes: number[] = (onDevice ? BACK_OR_ANEW : ANEW).filter((kind) =>
    step.injectionFails(kind, object, entry),
  );
  const kinds = onDevice && isSplitStruck(step, object) ? [...strikes, NO_SPLIT] : strikes;
  if (kinds.length === 0) return false;
  // A limit may also refuse the store later, so that the result does not show which of the two failed it.
  const isLimited = state.limit.some((limit) => limit !== 0);
  const hint = isLimited ? undefined : ifSeen(step.returned('EFAULT', 'ENOMEM'), 'fails', 'succeeds');
  const fails = step.choose(STRUCK_STORE, hint) === 'fails';
  if (fails) {
    step.result = step.chooseResult(['EFAULT', 'ENOMEM']) ?? 'EFAULT';
    if (
      onDevice &&
      step.choose(PAGE_FAULT, ifSeen(isFaultedOnce(step), 'called', 'not called')) === 'called'
    ) {
      step.faults = 1;
      step.faultPlace = state.place[object] ?? SYSTEM;
    }
  }
  let struck = false;
  for (const kind of kinds) {
    if (!step.lasting(kind) && step.choose(INJECTION) === 'not used') continue;
    step.consume(kind);
    struck = true;
  }
  // The store fails only if an injection struck it.
  if (fails && !struck) step.ruleOut();
  if (fails && onDevice) maySplit(step, object);
  return fails;
}

/** Whether page_fault was called exactly once; undefined if the target does not show its callbacks. */
function isFaultedOnce(step: Step): boolean | undefined {
  const calls = step.faultCalls();
  return calls === undefined ? undefined : calls === 1;
}
