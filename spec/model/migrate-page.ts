import type { PageOutcome } from '../vocabulary/result.ts';
import type { PageRefinement } from './attribution/attribution.ts';
import { MIGRATE, MIGRATE_BLOCK, MIGRATE_PAGE } from './attribution/migrate.ts';
import { attemptBack, attemptBase, spendable } from './migrate-back.ts';
import { isKeptBySplit, maySplit, splitLargeFolio } from './folio.ts';
import { isRefusedACharge } from './charging.ts';
import { mayBeOutForAny } from './swap.ts';
import {
  CLEAN,
  COPIED_WHILE_PINNED,
  isCommon,
  isExclusive,
  isFile,
  isHost,
  isMapped,
  isPoison,
  LIKELY_WRITABLE,
  MAYBE_EXCLUSIVE,
  LOST,
  MAYBE_WRITABLE,
  mayWrite,
  NO_COPY,
  NO_FRAME,
  NO_OBJECT,
  OOM,
  READ_ONLY,
  SIGBUS,
  someFrameOf,
  type State,
  WAS_MOVED,
  WAS_UNPOPULATED,
  WATCHED_MISSING,
  WATCHED_STORES,
} from './state.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean, softOf } from './tracking.ts';
import { choice, ifSeen } from './choice.ts';

const PAGE = choice('page', 'moved', 'skipped');
const STRUCK_PAGE = choice('page with an injected failure', 'tried', 'not tried');
const BY_SYSTEM_MEMORY = choice('way by system memory', 'not tried', 'tried');

/** The cause for which a poison entry is skipped. */
export const poisonPage = (object: number): PageRefinement =>
  object === LOST ? MIGRATE_PAGE.lost : MIGRATE_PAGE.poison;

/** Adds the outcome of one page to the result, with its cause. */
export function answer(
  step: Step,
  vector: PageOutcome[],
  outcome: PageOutcome,
  because: PageRefinement,
): void {
  vector.push(outcome);
  step.attributePage(because);
  step.refine(because);
  if (outcome === 'skipped') step.refine(MIGRATE.skipped);
}

/** The cause for which a page must be skipped before any attempt; undefined when it may move. */
export function whyNotToDevice(step: Step, entry: number, device: number): PageRefinement | undefined {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (!isMapped(mapping)) return MIGRATE_PAGE.mustSkip;
  if (isCommon(mapping)) return isHost(mapping) ? MIGRATE_PAGE.host : MIGRATE_PAGE.sharedMemory;
  if (isPoison(object)) return poisonPage(object);
  if (object === NO_OBJECT && isFile(mapping)) return MIGRATE_PAGE.file;
  if (object > NO_OBJECT && state.onDevice(object)) {
    const foreign = !state.isOn(object, device);
    if (foreign && step.judging.ownersMatter) return MIGRATE_PAGE.ofOtherDevice;
    if (!foreign || !step.judging.oneOwner) return MIGRATE_PAGE.mustSkip;
  }
  if (object > NO_OBJECT && state.pinned(object)) {
    if (((state.history[object] ?? 0) & COPIED_WHILE_PINNED) === 0) return MIGRATE_PAGE.pinned;
    // The page stays if the pin stayed with the original at the copy; if the page moves, the pin followed the copy.
    return MIGRATE_PAGE.maybePinned;
  }
  if (state.attached[device] !== 1) return MIGRATE_PAGE.deviceDetached;
  if (state.closed[device] === 1) return MIGRATE_PAGE.deviceClosed;
  if (!state.hasRoom(device)) return MIGRATE_PAGE.mustSkip;
  return undefined;
}

export function tryToDevice(
  step: Step,
  vector: PageOutcome[],
  entry: number,
  index: number,
  device: number,
): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  const writable = state.writable[entry] ?? READ_ONLY;
  const exclusive = isExclusive(writable) || writable === MAYBE_EXCLUSIVE;
  const struckBy = step.injectionFails(NO_FRAME, object, entry)
    ? NO_FRAME
    : step.injectionFails(NO_COPY, object, entry)
      ? NO_COPY
      : undefined;
  const isKept = isKeptBySplit(step, object);
  if (struckBy !== undefined) {
    if (step.attribution !== MIGRATE_BLOCK.failed.attribution) step.select(MIGRATE.toDeviceFailed);
    // The page is skipped in both cases; the result does not show whether it was tried and so used the injection.
    if (step.lasting(struckBy) || step.choose(STRUCK_PAGE) === 'tried') step.consume(struckBy);
    answer(step, vector, 'skipped', MIGRATE_PAGE.failed);
    return;
  }
  if (isKept) {
    step.select(MIGRATE.splitRefused);
    answer(step, vector, 'skipped', MIGRATE_PAGE.splitRefused);
    return;
  }
  // An implementation may detect this before the attempt or after it.
  if (object === NO_OBJECT && ((state.mapping[entry] ?? 0) & WATCHED_MISSING) !== 0) {
    step.select(MIGRATE.toDeviceWatched);
    answer(step, vector, 'skipped', MIGRATE_PAGE.watchedMissing);
    return;
  }
  if (object === NO_OBJECT && mayNotBeCharged(step, entry, index)) {
    step.select(MIGRATE.toDeviceAtLimit);
    answer(step, vector, 'skipped', MIGRATE_PAGE.atLimit);
    return;
  }
  if (object !== NO_OBJECT && state.onDevice(object)) {
    tryAcross(step, vector, entry, index, device);
    return;
  }
  if (chooseSkip(step, index)) {
    const isWatchedUnpopulated = object === NO_OBJECT && ((state.track[entry] ?? 0) & WATCHED_STORES) !== 0;
    if (
      !exclusive &&
      !isWatchedUnpopulated &&
      !mayBeOutForAny(state, object) &&
      !state.hasPinnedMate(object) &&
      !step.hasRefusedSplit
    )
      step.breakShould('migrate.progress');
    answer(step, vector, 'skipped', MIGRATE_PAGE.noProgress);
    return;
  }
  step.refine(MIGRATE.movedToDevice);
  answer(step, vector, 'moved', MIGRATE_PAGE.moved);
  if (object === NO_OBJECT) {
    step.refine(MIGRATE.movedUnpopulated);
    const mayStore = mayWrite(state.mapping[entry] ?? 0);
    const filled = step.newObject(0, someFrameOf(device), entry);
    const forgets = !step.judging.profile.tracksThroughMigration;
    if (forgets || softOf(state.track[entry] ?? 0) === CLEAN) becomeDirtyOrClean(state, entry);
    state.history[filled] = WAS_MOVED | WAS_UNPOPULATED;
    const watched = ((state.track[entry] ?? 0) & WATCHED_STORES) !== 0;
    if (mayStore && !watched) step.refine(MIGRATE.keptWrite);
    step.link(entry, filled, mayStore && !watched ? LIKELY_WRITABLE : READ_ONLY);
    return;
  }
  if ((state.maps[object] ?? 0) > 1) step.refine(MIGRATE.movedShared);
  if (exclusive) state.writable[entry] = READ_ONLY;
  if (state.isInFolio(object)) splitLargeFolio(step, object);
  step.moveToDevice(object, device);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  settleWritable(step, object);
}

/** Migrates a page from another device of the same owner, directly or through system memory; or skips it. */
function tryAcross(step: Step, vector: PageOutcome[], entry: number, index: number, device: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  step.select(MIGRATE.toOtherDevice);
  if (chooseSkip(step, index)) {
    // A migration through system memory may have failed there by an injection.
    if (spendable(step, object, entry) && step.choose(BY_SYSTEM_MEMORY) === 'tried')
      attemptBack(step, object, entry);
    answer(step, vector, 'skipped', MIGRATE_PAGE.joined);
    return;
  }
  step.refine(MIGRATE.leftFrame);
  if ((state.maps[object] ?? 0) > 1) step.refine(MIGRATE.movedShared);
  answer(step, vector, 'moved', MIGRATE_PAGE.joined);
  if (state.isInFolio(object)) splitLargeFolio(step, object);
  step.moveAcross(object, device);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  settleWritable(step, object);
}

/** Sets the entries of an object that just moved to the device to READ, likely WRITE or possibly WRITE. */
export function settleWritable(step: Step, object: number): void {
  const { state } = step;
  const sole = (state.maps[object] ?? 0) === 1;
  for (let entry = 0; entry < state.entry.length; entry++) {
    if (state.entry[entry] !== object) continue;
    const likely = mayStoreAtOnce(state, entry);
    const watched = ((state.track[entry] ?? 0) & WATCHED_STORES) !== 0;
    step.noteWatched(entry, object);
    if (!sole || watched || !mayWrite(state.mapping[entry] ?? 0)) state.writable[entry] = READ_ONLY;
    else {
      if (likely) step.refine(MIGRATE.keptWrite);
      state.writable[entry] = likely ? LIKELY_WRITABLE : MAYBE_WRITABLE;
    }
  }
}

/**
 * Whether a process could store to the page of an entry without a fault, as far as the rules say. All pages of a whole entry
 * have one permission, so none of them could be stored to if another one is shared.
 */
function mayStoreAtOnce(state: State, entry: number): boolean {
  if ((state.writable[entry] ?? 0) < LIKELY_WRITABLE) return false;
  return (
    !state.isWhole(entry) ||
    state.blockOf(entry).every((part) => state.maps[state.entry[part] ?? NO_OBJECT] === 1)
  );
}

export function tryToSystem(step: Step, vector: PageOutcome[], entry: number, index: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  const isKept = isKeptBySplit(step, object);
  if (step.injectionFails(SIGBUS, object, entry) || step.injectionFails(OOM, object, entry)) {
    maySplit(step, object);
    if (!spendable(step, object, entry) || step.choose(STRUCK_PAGE) === 'tried')
      attemptBase(step, object, entry);
    answer(step, vector, 'skipped', MIGRATE_PAGE.failed);
    return;
  }
  if (isKept) {
    step.select(MIGRATE.splitRefused);
    answer(step, vector, 'skipped', MIGRATE_PAGE.splitRefused);
    return;
  }
  if (chooseSkip(step, index)) {
    if (!state.isInFolio(object)) step.breakShould('migrate.progress');
    maySplit(step, object);
    answer(step, vector, 'skipped', MIGRATE_PAGE.noProgress);
    return;
  }
  if (state.isInFolio(object)) splitLargeFolio(step, object);
  if ((state.maps[object] ?? 0) > 1) step.refine(MIGRATE.movedShared);
  step.refine(MIGRATE.movedToSystem);
  if (state.closed[state.deviceOf(state.place[object] ?? 0)] === 1) step.refine(MIGRATE.movedWhileClosed);
  answer(step, vector, 'moved', MIGRATE_PAGE.moved);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  step.moveToSystem(object);
}

/** Migrates or skips a page of another device; where pages have an owner, the page must be skipped. */
export function migrateForeignBack(step: Step, vector: PageOutcome[], entry: number, index: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (!step.judging.ownersMatter) {
    // A page with an injected failure is skipped in both cases, but an attempt may have used the injection.
    const struck = step.injectionFails(SIGBUS, object, entry) || step.injectionFails(OOM, object, entry);
    if (struck || !chooseSkip(step, index)) {
      tryToSystem(step, vector, entry, index);
      return;
    }
  }
  answer(step, vector, 'skipped', step.judging.oneOwner ? MIGRATE_PAGE.joined : MIGRATE_PAGE.ofOtherDevice);
}

/**
 * Whether the charge for an unpopulated page that migrates, which is a new page, may be refused. The observed result
 * decides where the charge is not known.
 */
function mayNotBeCharged(step: Step, entry: number, index: number): boolean {
  if (step.state.limit.every((limit) => limit === 0)) return false;
  const { observed } = step;
  if (observed === undefined) return isRefusedACharge(step, entry, []);
  // The result by page shows whether this page was skipped.
  return isRefusedACharge(step, entry, isSkipped(step, index) === true ? [observed.result] : []);
}

/** Whether the result says that the page was not moved; undefined if the result does not include this page. */
function isSkipped(step: Step, index: number): boolean | undefined {
  const result = step.pageResult(index);
  return result === undefined ? undefined : result === 'skipped';
}

/** Whether a page that may move is skipped. */
const chooseSkip = (step: Step, index: number): boolean =>
  step.choose(PAGE, ifSeen(isSkipped(step, index), 'skipped', 'moved')) === 'skipped';
