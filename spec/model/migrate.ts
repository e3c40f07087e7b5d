import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import type { PageOutcome } from '../vocabulary/result.ts';
import { attemptBack, attemptBase, spendable } from './migrate-back.ts';
import {
  bringFolio,
  hasFreeBlock,
  hasPinnedMate,
  isUnpopulatedBlock,
  mayDropZeroPages,
  maySplit,
  newFolio,
  split,
  strikesFolio,
} from './folio.ts';
import { type Attribution, attribution } from './attribution.ts';
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
  MAYBE_WRITABLE,
  mayWrite,
  NO_COPY,
  NO_FRAME,
  NO_LARGE_FRAME,
  NO_LARGE_PAGE,
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
import { inertRule } from './process.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean, softOf } from './tracking.ts';
import { choice, ifSeen } from './choice.ts';

const PAGE = choice('page', 'moved', 'skipped');
const STRUCK_PAGE = choice('page with an injected failure', 'tried', 'not tried');
const BY_SYSTEM_MEMORY = choice('way by system memory', 'not tried', 'tried');

const ACCOUNT_LIMIT_HOLDS = ruleIndex('account.limit-holds');
const DEVICES_FOREIGN_SKIPPED = ruleIndex('devices.foreign-skipped');
const DEVICES_JOINED_MIGRATION = ruleIndex('devices.joined-migration');
const DEVICE_CLOSED = ruleIndex('device.closed');
const DEVICE_CLOSE_KEEPS = ruleIndex('device.close-keeps');
const MIGRATE_MUST_SKIP = ruleIndex('migrate.must-skip');
const FOLIO_BASE_ON_REQUEST = ruleIndex('folio.base-on-request');
const FOLIO_FAILURE_RESTORES = ruleIndex('folio.failure-restores');
const FOLIO_KEEPS_VALUES = ruleIndex('folio.keeps-values');
const FOLIO_ON_A_BLOCK = ruleIndex('folio.on-a-block');
const FOLIO_PIN_BLOCKS = ruleIndex('folio.pin-blocks');
const FOLIO_UNPOPULATED_BLOCK = ruleIndex('folio.unpopulated-block');
const FOLIO_WHOLE_OR_NONE = ruleIndex('folio.whole-or-none');
const TYPES_FILE_STAYS = ruleIndex('types.file-stays');
const TYPES_HOST_STAYS = ruleIndex('types.host-stays');
const TYPES_SHARED_STAYS = ruleIndex('types.shared-stays');
const WATCH_MISSING_STAYS = ruleIndex('watch.missing-stays');
const FORK_PIN_STAYS = ruleIndex('fork.pin-stays');
const PIN_BLOCKS_MIGRATION = ruleIndex('pin.blocks-migration');
const DEVICE_DETACHED = ruleIndex('device.detached');
const MIGRATE_FAILURE_RESTORES = ruleIndex('migrate.failure-restores');
const COUNT_FREE_ONCE = ruleIndex('count.free-once');
const COUNT_FREE_UNMAPPED = ruleIndex('count.free-unmapped');
const MIGRATE_FREES_SOURCE = ruleIndex('migrate.frees-source');
const MIGRATE_UNPOPULATED_IS_ZERO = ruleIndex('migrate.unpopulated-is-zero');
const MIGRATE_INDEPENDENT = ruleIndex('migrate.independent');
const MIGRATE_KEEPS_WRITE = ruleIndex('migrate.keeps-write');
const MIGRATE_MOVES_ALL = ruleIndex('migrate.moves-all');
const MIGRATE_PROGRESS = ruleIndex('migrate.progress');
const MIGRATE_NO_CALLBACKS = ruleIndex('migrate.no-callbacks');
const MIGRATE_RESULT_PER_PAGE = ruleIndex('migrate.result-per-page');
const MIGRATE_SKIP_RESTORES = ruleIndex('migrate.skip-restores');
const MIGRATE_WRITE_SOLE = ruleIndex('migrate.write-sole');

const TO_DEVICE = attribution({
  result: 'migrate.result-per-page',
  value: 'migrate.result-per-page',
  faults: 'migrate.no-callbacks',
  frees: 'migrate.frees-source',
  entry: 'migrate.result-per-page',
  sharers: 'migrate.moves-all',
  writable: 'migrate.write-sole',
  folio: 'folio.base-on-request',
});
const TO_DEVICE_IN_VAIN = attribution({ frees: 'migrate.failure-restores' }, TO_DEVICE);
const TO_DEVICE_WATCHED = attribution({ frees: 'watch.missing-stays' }, TO_DEVICE);
const TO_DEVICE_AT_LIMIT = attribution(
  { frees: 'account.limit-holds', charge: 'account.limit-holds' },
  TO_DEVICE,
);
const TO_SYSTEM = attribution({
  result: 'migrate.result-per-page',
  value: 'migrate.result-per-page',
  faults: 'migrate.no-callbacks',
  frees: 'migrate.frees-source',
  entry: 'migrate.result-per-page',
  sharers: 'migrate.moves-all',
  folio: 'folio.base-on-request',
});

const BLOCK_MOVED = attribution({
  result: 'folio.whole-or-none',
  value: 'folio.keeps-values',
  faults: 'migrate.no-callbacks',
  frees: 'folio.free-once',
  entry: 'folio.whole-or-none',
  sharers: 'folio.whole-or-none',
  folio: 'folio.whole-or-none',
  writable: 'migrate.write-sole',
});
const BLOCK_FILLED = attribution(
  { value: 'folio.unpopulated-block', entry: 'folio.unpopulated-block', charge: 'folio.unpopulated-block' },
  BLOCK_MOVED,
);
const BLOCK_IN_VAIN = attribution(
  { frees: 'folio.failure-restores', entry: 'folio.failure-restores', sharers: 'folio.failure-restores' },
  BLOCK_MOVED,
);
const BLOCK_PINNED = attribution(
  { result: 'folio.pin-blocks', entry: 'folio.pin-blocks', sharers: 'folio.pin-blocks' },
  BLOCK_MOVED,
);

const ACROSS: Attribution = {
  ...TO_DEVICE,
  value: 'devices.joined-migration',
  frees: 'devices.joined-migration',
  entry: 'devices.joined-migration',
};

/** Adds the outcome of one page to the result, with the rule that requires it. */
function answer(step: Step, vector: PageOutcome[], outcome: PageOutcome, because: number): void {
  vector.push(outcome);
  step.attributePage(because);
  step.cover(because);
  if (outcome === 'skipped') step.cover(MIGRATE_SKIP_RESTORES);
}

export function migrateToDevice(step: Step, command: CommandOf<'migrate-to-device'>): void {
  const vector: PageOutcome[] = [];
  step.names(command.process, command.page, command.count);
  step.attribution = TO_DEVICE;
  step.mayAllocateFrames = true;
  step.result = vector;
  step.cover(MIGRATE_RESULT_PER_PAGE);
  step.cover(MIGRATE_NO_CALLBACKS);
  splitForMigration(step, command);
  for (let index = 0; index < command.count; index++) {
    const entry = step.state.at(command.process, command.page + index);
    const device = command.device ?? 0;
    const block = command.compound === true ? blockAt(step, entry, command.count - index) : undefined;
    if (block !== undefined && blockToDevice(step, vector, block, index, device)) {
      index += block.length - 1;
      continue;
    }
    if (isPartOfFolio(step.state, entry)) step.cover(FOLIO_BASE_ON_REQUEST);
    const reason = whyNotToDevice(step, entry, device);
    if (reason === undefined) tryToDevice(step, vector, entry, index, device);
    else {
      const isPinnedPart =
        reason === PIN_BLOCKS_MIGRATION && block !== undefined && step.state.isWhole(entry);
      answer(step, vector, 'skipped', isPinnedPart ? FOLIO_PIN_BLOCKS : reason);
    }
  }
  if (vector.includes('moved') && vector.includes('skipped')) step.cover(MIGRATE_INDEPENDENT);
}

/** The large folios in system memory that are split before their pages are offered to the device. */
function splitForMigration(step: Step, command: CommandOf<'migrate-to-device'>): void {
  const { state } = step;
  const device = command.device ?? 0;
  if (state.folio.length === 0 || state.attached[device] !== 1 || state.closed[device] === 1) return;
  const considered = new Set<number>();
  for (let index = 0; index < command.count; index++) {
    const entry = state.at(command.process, command.page + index);
    const object = state.entry[entry] ?? NO_OBJECT;
    const block = command.compound === true ? blockAt(step, entry, command.count - index) : undefined;
    if (block !== undefined && state.isWhole(entry)) {
      index += block.length - 1;
      continue;
    }
    if (object <= NO_OBJECT || !state.isInFolio(object) || state.onDevice(object)) continue;
    const members = state.membersOf(object);
    if (considered.has(object)) continue;
    for (const member of members) considered.add(member);
    mayDropZeroPages(step, members);
  }
}

const BLOCK = choice('block of pages', 'whole', 'page by page', 'skipped');
const BLOCK_APART = choice('block of pages that cannot move whole', 'page by page', 'skipped');
const BLOCK_INJECTION = choice('injection on a block of pages', 'used', 'not used');

const isPartOfFolio = (state: State, entry: number): boolean =>
  state.isInFolio(state.entry[entry] ?? NO_OBJECT);

/** The block that begins with an entry, if the rest of the range covers it. */
function blockAt(step: Step, entry: number, count: number): readonly number[] | undefined {
  const block = step.state.blockOf(entry);
  return block.length > 1 && block[0] === entry && block.length <= count ? block : undefined;
}

/** The option for a block that the result shows. */
function observedBlock(
  step: Step,
  index: number,
  length: number,
): 'whole' | 'page by page' | 'skipped' | undefined {
  const results = new Set(Array.from({ length }, (_, part) => step.pageResult(index + part)));
  if (results.has('whole')) return 'whole';
  if (results.has('moved')) return 'page by page';
  return undefined;
}

/** Decides how a block is migrated; `mayMove` says whether it can move whole. */
function chooseBlock(
  step: Step,
  index: number,
  length: number,
  mayMove: boolean,
): 'whole' | 'page by page' | 'skipped' {
  const seen = observedBlock(step, index, length);
  if (mayMove) return step.choose(BLOCK, seen);
  return step.choose(BLOCK_APART, seen === 'whole' ? undefined : seen);
}

/** Lets injections that strike a block be used up by an attempt to migrate it whole. */
function useInjections(step: Step, kinds: readonly number[]): void {
  for (const kind of kinds) {
    if (!step.lasting(kind) && step.choose(BLOCK_INJECTION) === 'used') step.consume(kind);
  }
}

/** Returns false if the pages of the block are migrated one by one. */
function blockToDevice(
  step: Step,
  vector: PageOutcome[],
  block: readonly number[],
  index: number,
  device: number,
): boolean {
  const { state } = step;
  const [first = 0] = block;
  const object = state.entry[first] ?? NO_OBJECT;
  const isEmpty = isUnpopulatedBlock(state, block);
  if (!(isEmpty || state.isWhole(first)) || whyNotToDevice(step, first, device) !== undefined) return false;
  if (isEmpty && isCommon(state.mapping[first] ?? 0)) return false;
  const members = isEmpty ? [] : state.membersOf(object);
  if (members.some((member) => state.pinned(member))) {
    step.cover(FOLIO_PIN_BLOCKS);
    step.attribution = BLOCK_PINNED;
    return false;
  }
  const kinds = [NO_LARGE_FRAME, NO_FRAME, NO_COPY].filter((kind) =>
    isEmpty
      ? block.some((entry) => step.injectionFails(kind, NO_OBJECT, entry))
      : strikesFolio(step, kind, members),
  );
  const mayMove = kinds.length === 0 && hasFreeBlock(state, device);
  if (kinds.length > 0) {
    step.cover(FOLIO_FAILURE_RESTORES);
    step.attribution = BLOCK_IN_VAIN;
  }
  const option = chooseBlock(step, index, block.length, mayMove);
  if (option !== 'whole') {
    useInjections(step, kinds);
    if (option === 'page by page') return false;
    for (const _ of block) answer(step, vector, 'skipped', FOLIO_WHOLE_OR_NONE);
    return true;
  }
  step.cover(FOLIO_ON_A_BLOCK);
  for (const _ of block) answer(step, vector, 'whole', FOLIO_WHOLE_OR_NONE);
  if (isEmpty) {
    step.cover(FOLIO_UNPOPULATED_BLOCK);
    step.attribution = BLOCK_FILLED;
    newFolio(
      step,
      first,
      someFrameOf(device),
      mayWrite(state.mapping[first] ?? 0) ? LIKELY_WRITABLE : READ_ONLY,
    );
    for (const entry of block) {
      const filled = state.entry[entry] ?? NO_OBJECT;
      state.history[filled] = WAS_MOVED | WAS_UNPOPULATED;
    }
    return true;
  }
  step.cover(FOLIO_KEEPS_VALUES);
  step.attribution = BLOCK_MOVED;
  for (const member of members) {
    step.moveToDevice(member, device);
    state.history[member] = (state.history[member] ?? 0) | WAS_MOVED;
    settleWritable(step, member);
  }
  return true;
}

/** The same for a migration to system memory. */
function blockToSystem(
  step: Step,
  vector: PageOutcome[],
  block: readonly number[],
  index: number,
  device: number,
): boolean {
  const { state } = step;
  const [first = 0] = block;
  const object = state.entry[first] ?? NO_OBJECT;
  if (!state.isWhole(first) || !state.onDevice(object)) return false;
  if (step.judging.ownersMatter && !state.isOn(object, device)) return false;
  const members = state.membersOf(object);
  const kinds = [NO_LARGE_PAGE, SIGBUS, OOM].filter((kind) => strikesFolio(step, kind, members));
  if (kinds.length > 0) {
    step.cover(FOLIO_FAILURE_RESTORES);
    step.attribution = BLOCK_IN_VAIN;
  }
  const option = chooseBlock(step, index, block.length, kinds.length === 0);
  if (option !== 'whole') {
    useInjections(step, kinds);
    if (option === 'page by page') return false;
    if (kinds.length === 0) step.breakShould('migrate.progress');
    for (const _ of block) answer(step, vector, 'skipped', FOLIO_WHOLE_OR_NONE);
    return true;
  }
  step.attribution = BLOCK_MOVED;
  step.cover(MIGRATE_FREES_SOURCE);
  for (const _ of block) answer(step, vector, 'whole', FOLIO_WHOLE_OR_NONE);
  for (const member of members) state.history[member] = (state.history[member] ?? 0) | WAS_MOVED;
  bringFolio(step, object);
  return true;
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
    if (foreign && step.judging.ownersMatter) return DEVICES_FOREIGN_SKIPPED;
    if (!foreign || !step.judging.oneOwner) return MIGRATE_MUST_SKIP;
  }
  if (object > NO_OBJECT && state.pinned(object)) {
    if (((state.history[object] ?? 0) & COPIED_WHILE_PINNED) === 0) return PIN_BLOCKS_MIGRATION;
    // The page stays if the pin stayed with the original at the copy; if the page moves, the pin followed the copy.
    step.cover(PIN_BLOCKS_MIGRATION);
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
  const writable = state.writable[entry] ?? READ_ONLY;
  const exclusive = isExclusive(writable) || writable === MAYBE_EXCLUSIVE;
  const struckBy = step.injectionFails(NO_FRAME, object, entry)
    ? NO_FRAME
    : step.injectionFails(NO_COPY, object, entry)
      ? NO_COPY
      : undefined;
  if (struckBy !== undefined) {
    if (step.attribution !== BLOCK_IN_VAIN) step.attribution = TO_DEVICE_IN_VAIN;
    // The page is skipped in both cases; the result does not show whether it was tried and so used the injection.
    if (step.lasting(struckBy) || step.choose(STRUCK_PAGE) === 'tried') step.consume(struckBy);
    answer(step, vector, 'skipped', MIGRATE_FAILURE_RESTORES);
    return;
  }
  // An implementation may detect this before the attempt or after it.
  if (object === NO_OBJECT && ((state.mapping[entry] ?? 0) & WATCHED_MISSING) !== 0) {
    step.attribution = TO_DEVICE_WATCHED;
    answer(step, vector, 'skipped', WATCH_MISSING_STAYS);
    return;
  }
  if (object === NO_OBJECT && mayNotBeCharged(step, entry, index)) {
    step.attribution = TO_DEVICE_AT_LIMIT;
    answer(step, vector, 'skipped', ACCOUNT_LIMIT_HOLDS);
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
      !hasPinnedMate(state, object)
    )
      step.breakShould('migrate.progress');
    answer(step, vector, 'skipped', MIGRATE_PROGRESS);
    return;
  }
  step.cover(MIGRATE_WRITE_SOLE);
  step.cover(MIGRATE_PROGRESS);
  answer(step, vector, 'moved', MIGRATE_RESULT_PER_PAGE);
  if (object === NO_OBJECT) {
    step.cover(MIGRATE_UNPOPULATED_IS_ZERO);
    const mayStore = mayWrite(state.mapping[entry] ?? 0);
    const filled = step.newObject(0, someFrameOf(device), entry);
    const forgets = !step.judging.profile.tracksThroughMigration;
    if (forgets || softOf(state.track[entry] ?? 0) === CLEAN) becomeDirtyOrClean(state, entry);
    state.history[filled] = WAS_MOVED | WAS_UNPOPULATED;
    const watched = ((state.track[entry] ?? 0) & WATCHED_STORES) !== 0;
    if (mayStore && !watched) step.cover(MIGRATE_KEEPS_WRITE);
    step.link(entry, filled, mayStore && !watched ? LIKELY_WRITABLE : READ_ONLY);
    return;
  }
  if ((state.maps[object] ?? 0) > 1) step.cover(MIGRATE_MOVES_ALL);
  if (exclusive) state.writable[entry] = READ_ONLY;
  if (state.isInFolio(object)) split(step, object);
  step.moveToDevice(object, device);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  settleWritable(step, object);
}

/** Migrates a page from another device of the same owner, directly or through system memory; or skips it. */
function tryAcross(step: Step, vector: PageOutcome[], entry: number, index: number, device: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  step.attribution = ACROSS;
  if (chooseSkip(step, index)) {
    // A migration through system memory may have failed there by an injection.
    if (spendable(step, object, entry) && step.choose(BY_SYSTEM_MEMORY) === 'tried')
      attemptBack(step, object, entry);
    answer(step, vector, 'skipped', DEVICES_JOINED_MIGRATION);
    return;
  }
  step.cover(MIGRATE_FREES_SOURCE);
  if ((state.maps[object] ?? 0) > 1) step.cover(MIGRATE_MOVES_ALL);
  answer(step, vector, 'moved', DEVICES_JOINED_MIGRATION);
  if (state.isInFolio(object)) split(step, object);
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
    const likely = (state.writable[entry] ?? 0) >= LIKELY_WRITABLE;
    const watched = ((state.track[entry] ?? 0) & WATCHED_STORES) !== 0;
    step.noteWatched(entry, object);
    if (!sole || watched || !mayWrite(state.mapping[entry] ?? 0)) state.writable[entry] = READ_ONLY;
    else {
      if (likely) step.cover(MIGRATE_KEEPS_WRITE);
      state.writable[entry] = likely ? LIKELY_WRITABLE : MAYBE_WRITABLE;
    }
  }
}

export function migrateToSystem(step: Step, command: CommandOf<'migrate-to-system'>): void {
  migrateRange(step, command.process, command.page, command.count, command.device ?? 0, command.compound);
}

export function evict(step: Step, command: CommandOf<'evict'>): void {
  migrateRange(step, command.process, command.page, 1, undefined);
}

/** @param device the device that migrates the pages to system; undefined where the device of each page does */
function migrateRange(
  step: Step,
  process: number,
  page: number,
  count: number,
  device: number | undefined,
  compound = false,
): void {
  const { state } = step;
  const vector: PageOutcome[] = [];
  step.names(process, page, count);
  step.attribution = TO_SYSTEM;
  step.result = vector;
  step.cover(MIGRATE_RESULT_PER_PAGE);
  step.cover(MIGRATE_NO_CALLBACKS);
  for (let index = 0; index < count; index++) {
    const entry = state.at(process, page + index);
    const object = state.entry[entry] ?? NO_OBJECT;
    const mapping = state.mapping[entry] ?? 0;
    const block = compound ? blockAt(step, entry, count - index) : undefined;
    if (block !== undefined && device !== undefined && blockToSystem(step, vector, block, index, device)) {
      index += block.length - 1;
      continue;
    }
    if (state.isInFolio(object)) step.cover(FOLIO_BASE_ON_REQUEST);
    if (isCommon(mapping))
      answer(step, vector, 'skipped', isHost(mapping) ? TYPES_HOST_STAYS : TYPES_SHARED_STAYS);
    else if (isPoison(object)) answer(step, vector, 'skipped', inertRule(object));
    else if (object === NO_OBJECT || !state.onDevice(object))
      answer(step, vector, 'skipped', MIGRATE_MUST_SKIP);
    else if (device === undefined || state.isOn(object, device)) tryToSystem(step, vector, entry, index);
    else migrateForeignBack(step, vector, entry, index);
  }
  if (vector.includes('moved') && vector.includes('skipped')) step.cover(MIGRATE_INDEPENDENT);
}

/** Migrates or skips a page of another device; where pages have an owner, the page must be skipped. */
function migrateForeignBack(step: Step, vector: PageOutcome[], entry: number, index: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (!step.judging.ownersMatter) {
    // A page with an injected failure is skipped in both cases, but an attempt may have used the injection.
    const struck = step.injectionFails(SIGBUS, object, entry) || step.injectionFails(OOM, object, entry);
    if (struck || !chooseSkip(step, index)) {
      tryToSystem(step, vector, entry, index);
      return;
    }
  }
  answer(step, vector, 'skipped', step.judging.oneOwner ? DEVICES_JOINED_MIGRATION : DEVICES_FOREIGN_SKIPPED);
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

function tryToSystem(step: Step, vector: PageOutcome[], entry: number, index: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (step.injectionFails(SIGBUS, object, entry) || step.injectionFails(OOM, object, entry)) {
    maySplit(step, object);
    if (!spendable(step, object, entry) || step.choose(STRUCK_PAGE) === 'tried')
      attemptBase(step, object, entry);
    answer(step, vector, 'skipped', MIGRATE_FAILURE_RESTORES);
    return;
  }
  if (chooseSkip(step, index)) {
    if (!state.isInFolio(object)) step.breakShould('migrate.progress');
    maySplit(step, object);
    answer(step, vector, 'skipped', MIGRATE_PROGRESS);
    return;
  }
  if (state.isInFolio(object)) split(step, object);
  if ((state.maps[object] ?? 0) > 1) step.cover(MIGRATE_MOVES_ALL);
  step.cover(MIGRATE_PROGRESS);
  step.cover(MIGRATE_FREES_SOURCE);
  step.cover(COUNT_FREE_ONCE);
  step.cover(COUNT_FREE_UNMAPPED);
  if (state.closed[state.deviceOf(state.place[object] ?? 0)] === 1) step.cover(DEVICE_CLOSE_KEEPS);
  answer(step, vector, 'moved', MIGRATE_RESULT_PER_PAGE);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  step.moveToSystem(object);
}

/** Whether the result says that the page was not moved; undefined if the result does not include this page. */
function isSkipped(step: Step, index: number): boolean | undefined {
  const result = step.pageResult(index);
  return result === undefined ? undefined : result === 'skipped';
}

/** Whether a page that may move is skipped. */
const chooseSkip = (step: Step, index: number): boolean =>
  step.choose(PAGE, ifSeen(isSkipped(step, index), 'skipped', 'moved')) === 'skipped';
