import type { AccessKind } from './access-kind.ts';
import { ACCESS } from './attribution/access.ts';
import type { Refinement } from './attribution/attribution.ts';
import { FAULT, migratedByFault } from './attribution/fault.ts';
import { FOLIO } from './attribution/folio.ts';
import { BROUGHT_BACK, handleFault, poison, REFUSED_BY_SPLIT, STRUCK_BY_SIGBUS } from './migrate-back.ts';
import { isAtLimit } from './charging.ts';
import {
  isCommon,
  isExclusive,
  isFile,
  isHost,
  isMapped,
  isPoison,
  LOST,
  MAYBE_EXCLUSIVE,
  mayRead,
  mayWrite,
  MODIFIED_WHILE_WATCHED,
  NO_OBJECT,
  POPULATED_IN_FOLIO,
  READ_ONLY,
  STORED_BY_KERNEL,
  WAS_COLLAPSED,
  WAS_MOVED,
  WAS_REMAPPED,
  WAS_SHARED,
  WATCHED_MISSING,
  WATCHED_STORES,
  WITHHELD,
} from './state.ts';
import { pageIn } from './swap.ts';
import type { Step } from './step.ts';
import { choice, ifSeen } from './choice.ts';

const TRAPPED_PAGE = choice('page of the trapped access', 'migrates to system', 'stays');

/**
 * Runs the checks of every CPU access up to the page: permission, poison, watch, fault. Returns true when the access
 * continues: to an unpopulated page, to memory without objects, or to an object that is in system memory now. Returns
 * false when the result is already determined.
 */
export function reach(step: Step, entry: number, write: boolean, kind: AccessKind): boolean {
  const watched = ((step.state.track[entry] ?? 0) & WATCHED_STORES) !== 0;
  const past = step.state.history[Math.max(NO_OBJECT, step.state.entry[entry] ?? NO_OBJECT)] ?? 0;
  if (!goTo(step, entry, write, kind)) return false;
  if (step.observed?.result === 'trapped') step.refine(needlessTrap(step, watched));
  if ((past & (WAS_REMAPPED | STORED_BY_KERNEL)) !== 0 && (past & WAS_SHARED) === 0) {
    step.refine((past & STORED_BY_KERNEL) === 0 ? ACCESS.remapped : ACCESS.storedByKernel);
  }
  return true;
}

/** A trap of an access for which the page is not watched. */
function needlessTrap({ judging }: Step, watched: boolean): Refinement {
  if (watched) return ACCESS.loadTrapped;
  // Profiles that cannot watch for stores can only watch for missing pages.
  return judging.profile.tracksThroughMigration ? ACCESS.unwatchedTrapped : ACCESS.populatedTrapped;
}

function goTo(step: Step, entry: number, write: boolean, kind: AccessKind): boolean {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (!(write ? mayWrite(mapping) : mayRead(mapping))) {
    deny(step, entry, kind);
    return false;
  }
  if (isPoison(object)) {
    step.result = kind.lost;
    step.select(object === LOST ? ACCESS.lost : ACCESS.poison);
    return false;
  }
  if (isCommon(mapping)) {
    step.select(isHost(mapping) ? ACCESS.host : ACCESS.sharedMemory);
    return true;
  }
  if (object === NO_OBJECT) return reachEmpty(step, entry, write);
  const track = state.track[entry] ?? 0;
  if ((track & WATCHED_STORES) !== 0) {
    if (write) return trap(step, entry, object, kind);
    step.refine(ACCESS.loadedWatched);
  }
  if (state.onDevice(object)) return bring(step, entry, object, kind);
  reachInSystem(step, entry, object, mapping);
  return true;
}

/** Sets the rule by which an access was denied. */
function deny(step: Step, entry: number, kind: AccessKind): void {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  const isWithheld = ((state.track[entry] ?? 0) & WITHHELD) !== 0;
  step.result = isMapped(mapping) ? kind.denied : kind.unmapped;
  if (!isMapped(mapping) && isWithheld) {
    step.select(ACCESS.notInherited);
    return;
  }
  const refusal = isMapped(mapping) ? kind.refused : kind.gone;
  if (refusal !== undefined) {
    step.select(refusal);
    return;
  }
  const onDevice = object > NO_OBJECT && state.onDevice(object);
  step.select(onDevice ? ACCESS.deniedOnDevice : ACCESS.denied);
}

/** Accesses a page without an object: a page of a file, or an unpopulated page, which may be watched. */
function reachEmpty(step: Step, entry: number, write: boolean): boolean {
  const mapping = step.state.mapping[entry] ?? 0;
  if ((mapping & WATCHED_MISSING) !== 0) {
    step.result = 'trapped';
    step.select(ACCESS.trappedMissing);
    return false;
  }
  if (((step.state.track[entry] ?? 0) & WATCHED_STORES) !== 0) {
    if (write) {
      step.result = 'trapped';
      step.select(ACCESS.trappedUnpopulated);
      return false;
    }
    step.refine(ACCESS.loadedWatched);
  }
  step.select(isFile(mapping) ? ACCESS.file : ACCESS.unpopulated);
  if (((step.state.track[entry] ?? 0) & WITHHELD) !== 0) step.select(ACCESS.inheritedEmpty);
  return true;
}

function reachInSystem(step: Step, entry: number, object: number, mapping: number): void {
  const { state } = step;
  const history = state.history[object] ?? 0;
  const moved = (history & WAS_MOVED) !== 0;
  const shared = (history & WAS_SHARED) !== 0;
  step.select(shared ? ACCESS.sharedInSystem : moved ? ACCESS.movedInSystem : ACCESS.inSystem);
  if (shared && moved) step.refine(ACCESS.movedShared);
  if (isFile(mapping)) step.refine(shared || moved ? ACCESS.copyOfFile : ACCESS.fileCopy);
  if ((history & POPULATED_IN_FOLIO) !== 0 && state.value[object] === 0) step.refine(ACCESS.populatedInFolio);
  if ((history & (WAS_COLLAPSED | WAS_MOVED | WAS_SHARED)) === WAS_COLLAPSED) step.refine(ACCESS.collapsed);
  pageIn(state, entry);
  takeBack(step, entry);
}

/** An access revokes the exclusive access of a device to the page. */
function takeBack(step: Step, entry: number): void {
  const { state } = step;
  const writable = state.writable[entry] ?? READ_ONLY;
  if (!isExclusive(writable) && writable !== MAYBE_EXCLUSIVE) return;
  state.writable[entry] = READ_ONLY;
  step.select(ACCESS.exclusive);
}

/** Traps a store to a page that is watched for stores. A page on the device may migrate to system first, or stay. */
function trap(step: Step, entry: number, object: number, kind: AccessKind): boolean {
  const { state } = step;
  const survived = ((state.history[object] ?? 0) & MODIFIED_WHILE_WATCHED) !== 0;
  step.select(survived ? ACCESS.trappedAfterChange : ACCESS.trapped);
  if (state.onDevice(object)) {
    const hasFaulted = step.hasFaulted();
    const isOnDevice = step.isOnDevice(entry);
    const migrates = hasFaulted ?? (isOnDevice === undefined ? undefined : !isOnDevice);
    if (step.choose(TRAPPED_PAGE, ifSeen(migrates, 'migrates to system', 'stays')) === 'migrates to system') {
      if (!bring(step, entry, object, kind)) return false;
      step.select(survived ? FAULT.trappedAfterChange : FAULT.trapped);
    }
  } else if (isExclusive(state.writable[entry] ?? READ_ONLY)) {
    state.writable[entry] = MAYBE_EXCLUSIVE;
  }
  step.result = 'trapped';
  return false;
}

/** Accesses an object on the device. */
function bring(step: Step, entry: number, object: number, kind: AccessKind): boolean {
  const { state, judging } = step;
  const past = state.history[object] ?? 0;
  const wasShared = (past & WAS_SHARED) !== 0;
  const mappers = state.maps[object] ?? 0;
  const device = state.deviceOf(state.place[object] ?? 0);
  const atLimit = isAtLimit(step, entry);
  const outcome = handleFault(step, entry, kind.memory);
  const isClosed = state.closed[device] === 1;
  step.refine(FAULT.called);
  if (state.attached.length > 1) step.refine(FAULT.calledAmongDevices);
  if (isClosed) step.refine(FAULT.calledWhileClosed);
  if (step.faults > 1) step.select(kind.failed.retried);
  if (outcome === BROUGHT_BACK) {
    state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
    step.refine(FAULT.migratedBack);
    if (mappers > 1) step.refine(FAULT.migratedShared);
    if (atLimit) step.refine(FAULT.migratedAtLimit);
    if (step.faults === 1) {
      const kept = state.isStillUnpopulated(object) ? 'unpopulated' : wasShared ? 'shared' : 'plain';
      step.select(migratedByFault(kept, step.mayHaveTriedExtras, step.faultCalls() === 0));
      if (isClosed) step.refine(FAULT.onceWhileClosed);
      if (atLimit) step.refine(FAULT.onceAtLimit);
      if (state.isInFolio(object)) step.refine(FAULT.onceInFolio);
    }
    return true;
  }
  if (outcome === REFUSED_BY_SPLIT) {
    step.result = kind.lost;
    step.select(FOLIO.splitRefused);
    // The whole entry may have been split before the folio was to be.
    step.mayReplaceWhole = true;
    return false;
  }
  if (outcome !== STRUCK_BY_SIGBUS) {
    step.result = kind.memory;
    step.select(kind.failed.outOfMemory);
    return false;
  }
  step.result = kind.lost;
  if (judging.profile.failedFaultPoisons) {
    step.select(kind.failed.poisoned);
    if (mappers > 1) step.refine(FAULT.poisonedShared);
    poison(step, entry);
  } else step.select(kind.failed.kept);
  return false;
}
