import { type RequirementId, ruleIndex } from '../requirements/catalogue.ts';
import type { AccessKind } from './access-kind.ts';
import { ACCESS } from './attribution/access.ts';
import { FAULT, faultedAttribution } from './attribution/fault.ts';
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

const ACCOUNT_LIMIT_SPARES_RETURN = ruleIndex('account.limit-spares-return');
const COUNT_FREE_ONCE = ruleIndex('count.free-once');
const COUNT_FREE_UNMAPPED = ruleIndex('count.free-unmapped');
const DEVICES_OWNER_CALLED = ruleIndex('devices.owner-called');
const DEVICE_CLOSE_KEEPS = ruleIndex('device.close-keeps');
const EXCLUSIVE_REVOKED = ruleIndex('exclusive.revoked');
const FAILURE_NOTHING_LOST = ruleIndex('failure.nothing-lost');
const FAILURE_OOM = ruleIndex('failure.oom');
const FAILURE_OOM_KEEPS = ruleIndex('failure.oom-keeps');
const FAILURE_POISON = ruleIndex('failure.poison');
const FAILURE_POISON_LASTS = ruleIndex('failure.poison-lasts');
const FAILURE_POISON_RELEASES = ruleIndex('failure.poison-releases');
const FAILURE_SHARERS_KEEP = ruleIndex('failure.sharers-keep');
const FAILURE_SIGBUS = ruleIndex('failure.sigbus');
const FAULT_MIGRATES_BACK = ruleIndex('fault.migrates-back');
const FAULT_CALLS_ONCE = ruleIndex('fault.calls-once');
const FAULT_EXTRAS_OPTIONAL = ruleIndex('fault.extras-optional');
const FAULT_LAST_VALUE = ruleIndex('fault.last-value');
const FAULT_MOVES_ALL = ruleIndex('fault.moves-all');
const FAULT_NEVER_DIRECT = ruleIndex('fault.never-direct');
const FAULT_NO_NEEDLESS_CALL = ruleIndex('fault.no-needless-call');
const FAULT_PERMISSION_FIRST = ruleIndex('fault.permission-first');
const FORK_INHERITED_EMPTY = ruleIndex('fork.inherited-empty');
const FORK_NOT_INHERITED = ruleIndex('fork.not-inherited');
const MIGRATE_TRANSPARENT = ruleIndex('migrate.transparent');
const PROTECT_ENFORCED = ruleIndex('protect.enforced');
const REMOVAL_ACCESS_FAILS = ruleIndex('removal.access-fails');
const TYPES_FILE_COPY = ruleIndex('types.file-copy');
const TYPES_FILE_STAYS = ruleIndex('types.file-stays');
const TYPES_HOST_NO_CALLBACKS = ruleIndex('types.host-no-callbacks');
const TYPES_HOST_VALUE = ruleIndex('types.host-value');
const TYPES_SHARED_STAYS = ruleIndex('types.shared-stays');
const TYPES_SHARED_VALUE = ruleIndex('types.shared-value');
const WATCH_PASSES_LOADS = ruleIndex('watch.passes-loads');
const WATCH_SURVIVES = ruleIndex('watch.survives');
const WATCH_TRAPS_MISSING = ruleIndex('watch.traps-missing');
const WATCH_TRAPS_STORE = ruleIndex('watch.traps-store');
const WATCH_UNPOPULATED = ruleIndex('watch.unpopulated');

/**
 * Runs the checks of every CPU access up to the page: permission, poison, watch, fault. Returns true when the access
 * continues: to an unpopulated page, to memory without objects, or to an object that is in system memory now. Returns
 * false when the result is already determined.
 */
export function reach(step: Step, entry: number, write: boolean, kind: AccessKind): boolean {
  const watched = ((step.state.track[entry] ?? 0) & WATCHED_STORES) !== 0;
  const past = step.state.history[Math.max(NO_OBJECT, step.state.entry[entry] ?? NO_OBJECT)] ?? 0;
  if (!goTo(step, entry, write, kind)) return false;
  if (step.observed?.result === 'trapped')
    step.attribution = { ...step.attribution, result: needlessTrap(step, watched) };
  if ((past & (WAS_REMAPPED | STORED_BY_KERNEL)) !== 0 && (past & WAS_SHARED) === 0) {
    const value = (past & STORED_BY_KERNEL) === 0 ? 'move.value' : 'kernel.store-visible';
    step.attribution = { ...step.attribution, value };
  }
  return true;
}

/** The rule that a trap violates where the page is not watched for this access. */
function needlessTrap({ judging }: Step, watched: boolean): RequirementId {
  if (watched) return 'watch.passes-loads';
  // Profiles that cannot watch for stores can only watch for missing pages.
  return judging.profile.tracksThroughMigration ? 'watch.own' : 'watch.traps-missing';
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
    step.attribution = object === LOST ? ACCESS.lost : ACCESS.poison;
    step.cover(object === LOST ? REMOVAL_ACCESS_FAILS : FAILURE_POISON_LASTS);
    return false;
  }
  if (isCommon(mapping)) {
    reachCommon(step, isHost(mapping));
    return true;
  }
  if (object === NO_OBJECT) return reachEmpty(step, entry, write);
  const track = state.track[entry] ?? 0;
  if ((track & WATCHED_STORES) !== 0) {
    if (write) return trap(step, entry, object, kind);
    step.cover(WATCH_PASSES_LOADS);
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
    step.attribution = ACCESS.notInherited;
    step.cover(FORK_NOT_INHERITED);
    return;
  }
  const refusal = isMapped(mapping) ? kind.refused : kind.gone;
  if (refusal !== undefined) {
    step.attribution = refusal.attribution;
    step.cover(refusal.rule);
    return;
  }
  step.cover(PROTECT_ENFORCED);
  const onDevice = object > NO_OBJECT && state.onDevice(object);
  step.attribution = onDevice ? ACCESS.deniedOnDevice : ACCESS.denied;
  if (onDevice) step.cover(FAULT_PERMISSION_FIRST);
}

function reachCommon(step: Step, host: boolean): void {
  step.attribution = host ? ACCESS.host : ACCESS.sharedMemory;
  step.cover(host ? TYPES_HOST_VALUE : TYPES_SHARED_VALUE);
  step.cover(host ? TYPES_HOST_NO_CALLBACKS : TYPES_SHARED_STAYS);
}

/** Accesses a page without an object: a page of a file, or an unpopulated page, which may be watched. */
function reachEmpty(step: Step, entry: number, write: boolean): boolean {
  const mapping = step.state.mapping[entry] ?? 0;
  if ((mapping & WATCHED_MISSING) !== 0) {
    step.result = 'trapped';
    step.attribution = ACCESS.trappedMissing;
    step.cover(WATCH_TRAPS_MISSING);
    return false;
  }
  if (((step.state.track[entry] ?? 0) & WATCHED_STORES) !== 0) {
    step.cover(write ? WATCH_TRAPS_STORE : WATCH_PASSES_LOADS);
    if (write) {
      step.result = 'trapped';
      step.attribution = ACCESS.trappedUnpopulated;
      step.cover(WATCH_UNPOPULATED);
      return false;
    }
  }
  step.attribution = isFile(mapping) ? ACCESS.file : ACCESS.unpopulated;
  if (((step.state.track[entry] ?? 0) & WITHHELD) !== 0) {
    step.attribution = ACCESS.inheritedEmpty;
    step.cover(FORK_INHERITED_EMPTY);
  }
  step.cover(isFile(mapping) ? TYPES_FILE_STAYS : FAULT_NO_NEEDLESS_CALL);
  return true;
}

function reachInSystem(step: Step, entry: number, object: number, mapping: number): void {
  const { state } = step;
  const history = state.history[object] ?? 0;
  const moved = (history & WAS_MOVED) !== 0;
  step.attribution =
    (history & WAS_SHARED) !== 0 ? ACCESS.sharedInSystem : moved ? ACCESS.inSystem : ACCESS.neverMoved;
  step.cover(FAULT_NO_NEEDLESS_CALL);
  if (moved) step.cover(MIGRATE_TRANSPARENT);
  if (isFile(mapping)) {
    step.cover(TYPES_FILE_COPY);
    if (!moved && (history & WAS_SHARED) === 0) step.attribution = ACCESS.fileCopy;
  }
  if ((history & POPULATED_IN_FOLIO) !== 0 && state.value[object] === 0)
    step.attribution = { ...step.attribution, value: 'folio.populates-zero' };
  if ((history & (WAS_COLLAPSED | WAS_MOVED | WAS_SHARED)) === WAS_COLLAPSED)
    step.attribution = { ...step.attribution, value: 'folio.collapse-keeps' };
  pageIn(state, entry);
  takeBack(step, entry);
}

/** An access revokes the exclusive access of a device to the page. */
function takeBack(step: Step, entry: number): void {
  const { state } = step;
  const writable = state.writable[entry] ?? READ_ONLY;
  if (!isExclusive(writable) && writable !== MAYBE_EXCLUSIVE) return;
  state.writable[entry] = READ_ONLY;
  step.attribution = ACCESS.exclusive;
  step.cover(EXCLUSIVE_REVOKED);
}

/** Traps a store to a page that is watched for stores. A page on the device may migrate to system first, or stay. */
function trap(step: Step, entry: number, object: number, kind: AccessKind): boolean {
  const { state } = step;
  step.cover(WATCH_TRAPS_STORE);
  const survived = ((state.history[object] ?? 0) & MODIFIED_WHILE_WATCHED) !== 0;
  if (survived) step.cover(WATCH_SURVIVES);
  step.attribution = survived ? ACCESS.trappedAfterChange : ACCESS.trapped;
  if (state.onDevice(object)) {
    const hasFaulted = step.hasFaulted();
    const isOnDevice = step.isOnDevice(entry);
    const migrates = hasFaulted ?? (isOnDevice === undefined ? undefined : !isOnDevice);
    if (step.choose(TRAPPED_PAGE, ifSeen(migrates, 'migrates to system', 'stays')) === 'migrates to system') {
      if (!bring(step, entry, object, kind)) return false;
      step.attribution = survived ? FAULT.trappedAfterChange : FAULT.trapped;
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
  step.cover(FAULT_CALLS_ONCE);
  if (state.attached.length > 1) step.cover(DEVICES_OWNER_CALLED);
  if (state.closed[device] === 1) step.cover(DEVICE_CLOSE_KEEPS);
  if (step.faults > 1) {
    step.cover(FAILURE_OOM);
    step.attribution = kind.failed.outOfMemory;
  }
  if (outcome === BROUGHT_BACK) {
    state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
    step.cover(FAULT_MIGRATES_BACK);
    step.cover(FAULT_NEVER_DIRECT);
    step.cover(FAULT_LAST_VALUE);
    step.cover(COUNT_FREE_ONCE);
    step.cover(COUNT_FREE_UNMAPPED);
    if (mappers > 1) step.cover(FAULT_MOVES_ALL);
    if (step.faults === 1) {
      const kept = state.isStillUnpopulated(object) ? 'unpopulated' : wasShared ? 'shared' : 'plain';
      step.attribution = faultedAttribution(
        kept,
        step.hasCovered(FAULT_EXTRAS_OPTIONAL),
        step.faultCalls() === 0,
      );
      if (state.closed[device] === 1)
        step.attribution = { ...step.attribution, result: 'device.close-keeps' };
      if (atLimit) step.attribution = { ...step.attribution, result: 'account.limit-spares-return' };
      if (state.isInFolio(object)) step.attribution = { ...step.attribution, value: 'folio.keeps-values' };
    }
    if (atLimit) step.cover(ACCOUNT_LIMIT_SPARES_RETURN);
    return true;
  }
  if (outcome === REFUSED_BY_SPLIT) {
    step.result = kind.lost;
    step.attribution = FOLIO.splitRefused;
    // The whole entry may have been split before the folio was to be.
    step.mayReplaceWhole = true;
    return false;
  }
  if (kind.failure !== undefined) step.cover(kind.failure);
  if (outcome !== STRUCK_BY_SIGBUS) {
    step.result = kind.memory;
    step.attribution = kind.failed.outOfMemory;
    step.cover(FAILURE_OOM);
    step.cover(FAILURE_OOM_KEEPS);
    return false;
  }
  step.result = kind.lost;
  step.cover(FAILURE_SIGBUS);
  if (judging.profile.failedFaultPoisons) {
    step.attribution = kind.failed.poisoned;
    step.cover(FAILURE_POISON);
    step.cover(FAILURE_POISON_RELEASES);
    if (mappers > 1) step.cover(FAILURE_SHARERS_KEEP);
    poison(step, entry);
  } else {
    step.attribution = kind.failed.kept;
    step.cover(FAILURE_NOTHING_LOST);
  }
  return false;
}
