import type { CommandOf } from '../vocabulary/command.ts';
import type { PageOutcome } from '../vocabulary/result.ts';
import { MIGRATE_BLOCK, MIGRATE_PAGE } from './attribution/migrate.ts';
import {
  bringFolio,
  hasFreeBlock,
  isUnpopulatedBlock,
  mayDropZeroPages,
  newFolio,
  strikesFolio,
} from './folio.ts';
import {
  isCommon,
  LIKELY_WRITABLE,
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
  WAS_MOVED,
  WAS_UNPOPULATED,
} from './state.ts';
import type { Step } from './step.ts';
import { choice } from './choice.ts';
import { answer, whyNotToDevice, settleWritable } from './migrate-page.ts';

const BLOCK = choice('block of pages', 'whole', 'page by page', 'skipped');
const BLOCK_APART = choice('block of pages that cannot move whole', 'page by page', 'skipped');
const BLOCK_INJECTION = choice('injection on a block of pages', 'used', 'not used');

/** The large folios in system memory that are split before their pages are offered to the device. */
export function splitForMigration(step: Step, command: CommandOf<'migrate-to-device'>): void {
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

/** The block that begins with an entry, if the rest of the range covers it. */
export function blockAt(step: Step, entry: number, count: number): readonly number[] | undefined {
  const block = step.state.blockOf(entry);
  return block.length > 1 && block[0] === entry && block.length <= count ? block : undefined;
}

/** The outcome for a block as a whole. */
type BlockOutcome = 'whole' | 'page by page' | 'skipped';

/** The outcome that the result shows for a block. */
function observedOutcome(step: Step, index: number, length: number): BlockOutcome | undefined {
  const results = new Set(Array.from({ length }, (_, part) => step.pageResult(index + part)));
  if (results.has('whole')) return 'whole';
  if (results.has('moved')) return 'page by page';
  return undefined;
}

/**
 * Chooses the outcome for a block, and answers for its pages unless they are migrated one by one.
 *
 * @param struckBy the injections that strike an attempt to migrate it whole
 * @param hasRoom whether there is room for it as a whole
 */
function attemptBlock(
  step: Step,
  vector: PageOutcome[],
  block: readonly number[],
  index: number,
  struckBy: readonly number[],
  hasRoom: boolean,
): BlockOutcome {
  if (struckBy.length > 0) {
    step.select(MIGRATE_BLOCK.failed);
  }
  const seen = observedOutcome(step, index, block.length);
  const mayMove = struckBy.length === 0 && hasRoom;
  const outcome = mayMove
    ? step.choose(BLOCK, seen)
    : step.choose(BLOCK_APART, seen === 'whole' ? undefined : seen);
  if (outcome !== 'whole') {
    for (const kind of struckBy) {
      if (!step.lasting(kind) && step.choose(BLOCK_INJECTION) === 'used') step.consume(kind);
    }
  }
  if (outcome !== 'page by page')
    for (const _ of block) answer(step, vector, outcome, MIGRATE_PAGE.withBlock);
  return outcome;
}

/** Returns false if the pages of the block are migrated one by one. */
export function blockToDevice(
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
    step.select(MIGRATE_BLOCK.pinned);
    return false;
  }
  const struckBy = [NO_LARGE_FRAME, NO_FRAME, NO_COPY].filter((kind) =>
    isEmpty
      ? block.some((entry) => step.injectionFails(kind, NO_OBJECT, entry))
      : strikesFolio(step, kind, members),
  );
  const outcome = attemptBlock(step, vector, block, index, struckBy, hasFreeBlock(state, device));
  if (outcome !== 'whole') return outcome === 'skipped';
  step.refine(MIGRATE_BLOCK.wholeOnDevice);
  if (isEmpty) {
    step.select(MIGRATE_BLOCK.movedUnpopulated);
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
  step.select(MIGRATE_BLOCK.movedToDevice);
  for (const member of members) {
    step.moveToDevice(member, device);
    state.history[member] = (state.history[member] ?? 0) | WAS_MOVED;
    settleWritable(step, member);
  }
  return true;
}

/** As `blockToDevice`, to system memory. */
export function blockToSystem(
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
  const struckBy = [NO_LARGE_PAGE, SIGBUS, OOM].filter((kind) => strikesFolio(step, kind, members));
  const outcome = attemptBlock(step, vector, block, index, struckBy, true);
  if (outcome === 'skipped' && struckBy.length === 0) step.breakShould('migrate.progress');
  if (outcome !== 'whole') return outcome === 'skipped';
  step.select(MIGRATE_BLOCK.movedToSystem);
  for (const member of members) state.history[member] = (state.history[member] ?? 0) | WAS_MOVED;
  bringFolio(step, object);
  return true;
}
