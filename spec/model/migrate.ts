import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import type { PageOutcome } from '../vocabulary/result.ts';
import { attemptBack, spendable } from './bring-back.ts';
import { type Blame, blame } from './blame.ts';
import { isRefusedACharge } from './charging.ts';
import { mayBeOutForAny } from './paged-out.ts';
import { isCommon, isFile, isHost, isMapped, mayWrite } from './permission.ts';
import {
  EITHER_FLAVOUR,
  LIKELY_WRITE,
  NO_COPY,
  NO_FRAME,
  NO_OBJECT,
  OOM,
  READ_FLAVOUR,
  isExclusive,
  isPoison,
  MAYBE_EXCLUSIVE,
  SIGBUS,
  someFrameOf,
  CLEAN,
  COPIED_WHILE_PINNED,
  WAS_HOLE,
  WAS_MOVED,
  WATCHED_MISSING,
  WATCHED_STORES,
} from './state.ts';
import { inertRule } from './process.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean, softOf } from './tracking.ts';

const ACCOUNT_LIMIT_HOLDS = ruleIndex('account.limit-holds');
const DEVICES_FOREIGN_SKIPPED = ruleIndex('devices.foreign-skipped');
const DEVICES_JOINED_MIGRATION = ruleIndex('devices.joined-migration');
const DEVICE_CLOSED = ruleIndex('device.closed');
const DEVICE_CLOSE_KEEPS = ruleIndex('device.close-keeps');
const MIGRATE_MUST_SKIP = ruleIndex('migrate.must-skip');
const TYPES_FILE_STAYS = ruleIndex('types.file-stays');
const TYPES_HOST_STAYS = ruleIndex('types.host-stays');
const TYPES_SHARED_STAYS = ruleIndex('types.shared-stays');
const WATCH_MISSING_STAYS = ruleIndex('watch.missing-stays');
const FORK_PIN_STAYS = ruleIndex('fork.pin-stays');
const PIN_STAYS_PUT = ruleIndex('pin.stays-put');
const DEVICE_DETACHED = ruleIndex('device.detached');
const MIGRATE_FAILURE_RESTORES = ruleIndex('migrate.failure-restores');
const COUNT_FREE_ONCE = ruleIndex('count.free-once');
const COUNT_FREE_UNMAPPED = ruleIndex('count.free-unmapped');
const MIGRATE_FREES_SOURCE = ruleIndex('migrate.frees-source');
const MIGRATE_HOLE_IS_ZERO = ruleIndex('migrate.hole-is-zero');
const MIGRATE_INDEPENDENT = ruleIndex('migrate.independent');
const MIGRATE_KEEPS_WRITE = ruleIndex('migrate.keeps-write');
const MIGRATE_MOVES_ALL = ruleIndex('migrate.moves-all');
const MIGRATE_PROGRESS = ruleIndex('migrate.progress');
const MIGRATE_QUIET = ruleIndex('migrate.quiet');
const MIGRATE_VECTOR = ruleIndex('migrate.vector');
const MIGRATE_SKIP_RESTORES = ruleIndex('migrate.skip-restores');
const MIGRATE_WRITE_SOLE = ruleIndex('migrate.write-sole');

const TO_DEVICE = blame({
  result: 'migrate.vector',
  value: 'migrate.vector',
  faults: 'migrate.quiet',
  frees: 'migrate.frees-source',
  entry: 'migrate.vector',
  sharers: 'migrate.moves-all',
  flavour: 'migrate.write-sole',
});
const TO_DEVICE_IN_VAIN = blame({ frees: 'migrate.failure-restores' }, TO_DEVICE);
const TO_DEVICE_WATCHED = blame({ frees: 'watch.missing-stays' }, TO_DEVICE);
const TO_DEVICE_AT_LIMIT = blame({ frees: 'account.limit-holds', charge: 'account.limit-holds' }, TO_DEVICE);
const TO_SYSTEM = blame({
  result: 'migrate.vector',
  value: 'migrate.vector',
  faults: 'migrate.quiet',
  frees: 'migrate.frees-source',
  entry: 'migrate.vector',
  sharers: 'migrate.moves-all',
});

const ACROSS: Blame = {
  ...TO_DEVICE,
  value: 'devices.joined-migration',
  frees: 'devices.joined-migration',
  entry: 'devices.joined-migration',
};

/** Adds the outcome of one page to the answer, with the rule that it follows from. */
function answer(step: Step, vector: PageOutcome[], outcome: PageOutcome, because: number): void {
  vector.push(outcome);
  step.blamePage(because);
  step.exercise(because);
  if (outcome === 'skipped') step.exercise(MIGRATE_SKIP_RESTORES);
}

export function migrateToDevice(step: Step, command: CommandOf<'migrate-to-device'>): void {
  const vector: PageOutcome[] = [];
  step.names(command.process, command.page, command.count);
  step.blame = TO_DEVICE;
  step.mayTakeFrames = true;
  step.result = vector;
  step.exercise(MIGRATE_VECTOR);
  step.exercise(MIGRATE_QUIET);
  for (let index = 0; index < command.count; index++) {
    const entry = step.state.at(command.process, command.page + index);
    const device = command.device ?? 0;
    const reason = whyNotToDevice(step, entry, device);
    if (reason === undefined) tryToDevice(step, vector, entry, index, device);
    else answer(step, vector, 'skipped', reason);
  }
  if (vector.includes('moved') && vector.includes('skipped')) step.exercise(MIGRATE_INDEPENDENT);
}

/** The rule by which a page must be skipped before any attempt; undefined when it may move. */
function whyNotToDevice(step: Step, entry: number, device: number): number | undefined {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (!isMapped(mapping)) return MIGRATE_MUST_SKIP;
  if (isCommon(mapping)) return isHost(mapping) ? TYPES_HOST_STAYS : TYPES_SHARED_STAYS;
  if (isPoison(object)) return inertRule(object);
  if (object === NO_OBJECT && isFile(mapping)) return TYPES_FILE_STAYS;
  if (object > NO_OBJECT && state.onDevice(object)) {
    const foreign = !state.isOn(object, device);
    if (foreign && step.terms.ownersMatter) return DEVICES_FOREIGN_SKIPPED;
    if (!foreign || !step.terms.oneOwner) return MIGRATE_MUST_SKIP;
  }
  if (object > NO_OBJECT && state.pinned(object)) {
    if (((state.history[object] ?? 0) & COPIED_WHILE_PINNED) === 0) return PIN_STAYS_PUT;
    // It is pinned where the pin stayed when the page was copied; if it moves, the pin went with the copy.
    step.exercise(PIN_STAYS_PUT);
    return FORK_PIN_STAYS;
  }
  if (state.attached[device] !== 1) return DEVICE_DETACHED;
  if (state.closed[device] === 1) return DEVICE_CLOSED;
  if (!state.hasRoom(device)) return MIGRATE_MUST_SKIP;
  return undefined;
}

function tryToDevice(step: Step, vector: PageOutcome[], entry: number, index: number, device: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  const flavour = state.flavour[entry] ?? READ_FLAVOUR;
  const exclusive = isExclusive(flavour) || flavour === MAYBE_EXCLUSIVE;
  const struckBy = step.strikes(NO_FRAME, object, entry)
    ? NO_FRAME
    : step.strikes(NO_COPY, object, entry)
      ? NO_COPY
      : undefined;
  if (struckBy !== undefined) {
    step.blame = TO_DEVICE_IN_VAIN;
    // Skipped either way; whether it was tried at all, and the strike used up, the answer does not tell.
    if (step.lasting(struckBy) || step.pick(2) === 0) step.consume(struckBy);
    answer(step, vector, 'skipped', MIGRATE_FAILURE_RESTORES);
    return;
  }
  // An implementation may find this out before it tries, or afterwards.
  if (object === NO_OBJECT && ((state.mapping[entry] ?? 0) & WATCHED_MISSING) !== 0) {
    step.blame = TO_DEVICE_WATCHED;
    answer(step, vector, 'skipped', WATCH_MISSING_STAYS);
    return;
  }
  if (object === NO_OBJECT && mayNotBeCharged(step, entry, index)) {
    step.blame = TO_DEVICE_AT_LIMIT;
    answer(step, vector, 'skipped', ACCOUNT_LIMIT_HOLDS);
    return;
  }
  if (object !== NO_OBJECT && state.onDevice(object)) {
    tryAcross(step, vector, entry, index, device);
    return;
  }
  if (step.pick(2, step.seenMoved(index)) === 1) {
    const isWatchedHole = object === NO_OBJECT && ((state.track[entry] ?? 0) & WATCHED_STORES) !== 0;
    if (!exclusive && !isWatchedHole && !mayBeOutForAny(state, object)) step.slight('migrate.progress');
    answer(step, vector, 'skipped', MIGRATE_PROGRESS);
    return;
  }
  step.exercise(MIGRATE_WRITE_SOLE);
  step.exercise(MIGRATE_PROGRESS);
  answer(step, vector, 'moved', MIGRATE_VECTOR);
  if (object === NO_OBJECT) {
    step.exercise(MIGRATE_HOLE_IS_ZERO);
    const writable = mayWrite(state.mapping[entry] ?? 0);
    const filled = step.newObject(0, someFrameOf(device), entry);
    const forgets = !step.terms.profile.tracksThroughMigration;
    if (forgets || softOf(state.track[entry] ?? 0) === CLEAN) becomeDirtyOrClean(state, entry);
    state.history[filled] = WAS_MOVED | WAS_HOLE;
    const watched = ((state.track[entry] ?? 0) & WATCHED_STORES) !== 0;
    if (writable && !watched) step.exercise(MIGRATE_KEEPS_WRITE);
    step.link(entry, filled, writable && !watched ? LIKELY_WRITE : READ_FLAVOUR);
    return;
  }
  if ((state.maps[object] ?? 0) > 1) step.exercise(MIGRATE_MOVES_ALL);
  if (exclusive) state.flavour[entry] = READ_FLAVOUR;
  step.moveToDevice(object, device);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  settleFlavours(step, object);
}

/** A page of another device of the same owner. It moves from frame to frame, by way of system memory or not; or stays. */
function tryAcross(step: Step, vector: PageOutcome[], entry: number, index: number, device: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  step.blame = ACROSS;
  if (step.pick(2, step.seenMoved(index)) === 1) {
    // Whoever goes by way of system memory may have been struck there.
    if (spendable(step, object, entry) && step.pick(2) === 1) attemptBack(step, object, entry);
    answer(step, vector, 'skipped', DEVICES_JOINED_MIGRATION);
    return;
  }
  step.exercise(MIGRATE_FREES_SOURCE);
  if ((state.maps[object] ?? 0) > 1) step.exercise(MIGRATE_MOVES_ALL);
  answer(step, vector, 'moved', DEVICES_JOINED_MIGRATION);
  step.moveAcross(object, device);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  settleFlavours(step, object);
}

/** What flavours the entries of an object may have that has just moved to the device. */
export function settleFlavours(step: Step, object: number): void {
  const { state } = step;
  const sole = (state.maps[object] ?? 0) === 1;
  for (let entry = 0; entry < state.entry.length; entry++) {
    if (state.entry[entry] !== object) continue;
    const likely = (state.flavour[entry] ?? 0) >= LIKELY_WRITE;
    const watched = ((state.track[entry] ?? 0) & WATCHED_STORES) !== 0;
    step.noteWatched(entry, object);
    if (!sole || watched || !mayWrite(state.mapping[entry] ?? 0)) state.flavour[entry] = READ_FLAVOUR;
    else {
      if (likely) step.exercise(MIGRATE_KEEPS_WRITE);
      state.flavour[entry] = likely ? LIKELY_WRITE : EITHER_FLAVOUR;
    }
  }
}

export function migrateToSystem(step: Step, command: CommandOf<'migrate-to-system'>): void {
  bringRange(step, command.process, command.page, command.count, command.device ?? 0);
}

export function evict(step: Step, command: CommandOf<'evict'>): void {
  bringRange(step, command.process, command.page, 1, undefined);
}

/** @param device the device that brings them back; undefined where each page is brought back by its own */
function bringRange(
  step: Step,
  process: number,
  page: number,
  count: number,
  device: number | undefined,
): void {
  const { state } = step;
  const vector: PageOutcome[] = [];
  step.names(process, page, count);
  step.blame = TO_SYSTEM;
  step.result = vector;
  step.exercise(MIGRATE_VECTOR);
  step.exercise(MIGRATE_QUIET);
  for (let index = 0; index < count; index++) {
    const entry = state.at(process, page + index);
    const object = state.entry[entry] ?? NO_OBJECT;
    const mapping = state.mapping[entry] ?? 0;
    if (isCommon(mapping))
      answer(step, vector, 'skipped', isHost(mapping) ? TYPES_HOST_STAYS : TYPES_SHARED_STAYS);
    else if (isPoison(object)) answer(step, vector, 'skipped', inertRule(object));
    else if (object === NO_OBJECT || !state.onDevice(object))
      answer(step, vector, 'skipped', MIGRATE_MUST_SKIP);
    else if (device === undefined || state.isOn(object, device)) tryToSystem(step, vector, entry, index);
    else bringForeign(step, vector, entry, index);
  }
  if (vector.includes('moved') && vector.includes('skipped')) step.exercise(MIGRATE_INDEPENDENT);
}

/** A page of another device, which has an owner or not. */
function bringForeign(step: Step, vector: PageOutcome[], entry: number, index: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (!step.terms.ownersMatter) {
    // What is struck is skipped either way; that it was tried may have used a strike up.
    const struck = step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry);
    if (struck || step.pick(2, step.seenMoved(index)) === 0) {
      tryToSystem(step, vector, entry, index);
      return;
    }
  }
  answer(step, vector, 'skipped', step.terms.oneOwner ? DEVICES_JOINED_MIGRATION : DEVICES_FOREIGN_SKIPPED);
}

/** A hole that moves is a new page, and its group may be charged for all that it may be. The answer tells what is not known. */
function mayNotBeCharged(step: Step, entry: number, index: number): boolean {
  if (step.state.limit.every((limit) => limit === 0)) return false;
  const { observed } = step;
  if (observed === undefined) return isRefusedACharge(step, entry, []);
  // Whether this page was skipped stands in the answer by page.
  return isRefusedACharge(step, entry, step.seenMoved(index) === 1 ? [observed.result] : []);
}

function tryToSystem(step: Step, vector: PageOutcome[], entry: number, index: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry)) {
    if (!spendable(step, object, entry) || step.pick(2) === 0) attemptBack(step, object, entry);
    answer(step, vector, 'skipped', MIGRATE_FAILURE_RESTORES);
    return;
  }
  if (step.pick(2, step.seenMoved(index)) === 1) {
    step.slight('migrate.progress');
    answer(step, vector, 'skipped', MIGRATE_PROGRESS);
    return;
  }
  if ((state.maps[object] ?? 0) > 1) step.exercise(MIGRATE_MOVES_ALL);
  step.exercise(MIGRATE_PROGRESS);
  step.exercise(MIGRATE_FREES_SOURCE);
  step.exercise(COUNT_FREE_ONCE);
  step.exercise(COUNT_FREE_UNMAPPED);
  if (state.closed[state.deviceOf(state.place[object] ?? 0)] === 1) step.exercise(DEVICE_CLOSE_KEEPS);
  answer(step, vector, 'moved', MIGRATE_VECTOR);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  step.moveToSystem(object);
}
