import { blockIn, isFrameBlock } from '../vocabulary/scope.ts';
import { FOLIO } from './attribution/folio.ts';
import { choice, ifSeen } from './choice.ts';
import {
  FIRST_FRAME,
  isMapped,
  isSomeFrame,
  LARGE,
  NO_LARGE_PAGE,
  NO_OBJECT,
  NO_SPLIT,
  POPULATED_IN_FOLIO,
  OOM,
  READ_ONLY,
  SIGBUS,
  type State,
  SYSTEM,
  WHOLE,
} from './state.ts';
import type { Step } from './step.ts';
import { mayBecomeDirty } from './tracking.ts';

const NEW_OBJECT = choice('populated block', 'large folio', 'base page');
const FAULTED_FOLIO = choice('large folio of the accessed page', 'migrates whole', 'is split');
const LEFT_FOLIO = choice('large folio of a page that stays', 'is not split', 'is split');
const ZERO_PAGES = choice('pages of zeros of a large folio that is split', 'kept', 'dropped');
const REFUSED_SPLIT = choice('split that an injection refuses', 'given up', 'repeated');
const EARLIER_SPLIT = choice('large folio in system memory', 'refuses its split', 'was split before');
const NEEDLESS_SPLIT = choice('large folio whose split an injection refuses', 'not tried', 'tried');
const FIRST_FAILURE = choice('first failure of the page of a large folio', 'the split', 'the page');
const FIRST_STRIKE = choice('first strike at the large folio', 'no large page', 'another injection');
const WHOLE_ATTEMPT = choice('attempt at the whole folio before its split', 'not made', 'failed');
const WITHOUT_LARGE_PAGE = choice('injection of no-large-page', 'used', 'not used');

/** Whether a device may have a free block of frames: enough free frames, and no block with a known page on each. */
export function hasFreeBlock(state: State, device: number): boolean {
  const { scope } = state;
  const block = blockIn(scope);
  if (!state.hasRoom(device, 1 - block)) return false;
  for (let frame = device * scope.frames; frame < (device + 1) * scope.frames; frame += block) {
    if (!isFrameBlock(scope, frame)) return false;
    let free = 0;
    while (free < block && state.holderOf(frame + free) === NO_OBJECT) free++;
    if (free === block) return true;
  }
  return false;
}

/** Creates a large folio of zeros with a whole entry for the unpopulated block of an entry. */
export function newFolio(step: Step, entry: number, place: number, writable: number): void {
  const { state } = step;
  const objects = state.blockOf(entry).map((part) => {
    const object = step.newObject(0, place, part);
    step.link(part, object, writable);
    mayBecomeDirty(state, part);
    state.track[part] = (state.track[part] ?? 0) | WHOLE;
    return object;
  });
  state.bindFolio(objects);
}

/** Whether the entries of a block belong to one mapping. */
export function isOfOneMapping(state: State, entries: readonly number[]): boolean {
  const mapping = state.mapping[entries[0] ?? 0] ?? 0;
  return entries.every((entry) => ((state.mapping[entry] ?? 0) & ~LARGE) === (mapping & ~LARGE));
}

/** Whether the entries of a block are unpopulated pages of one anonymous mapping. */
export function isUnpopulatedBlock(state: State, entries: readonly number[]): boolean {
  const mapping = state.mapping[entries[0] ?? 0] ?? 0;
  return (
    entries.length > 1 &&
    isMapped(mapping) &&
    isOfOneMapping(state, entries) &&
    entries.every((entry) => state.entry[entry] === NO_OBJECT)
  );
}

/**
 * Lets an access that populates a page populate its block with a large folio. Returns the object of the page in that case.
 */
export function maybePopulateBlock(step: Step, entry: number): number | undefined {
  const { state } = step;
  const block = state.blockOf(entry);
  if (!block.every((part) => ((state.mapping[part] ?? 0) & LARGE) !== 0)) return undefined;
  if (!isUnpopulatedBlock(state, block)) return undefined;
  if (step.choose(NEW_OBJECT, ifSeen(step.isShownWhole(entry), 'large folio', 'base page')) === 'base page')
    return undefined;
  step.refine(FOLIO.populated);
  newFolio(step, entry, SYSTEM, READ_ONLY);
  for (const part of block) state.history[state.entry[part] ?? NO_OBJECT] = POPULATED_IN_FOLIO;
  return state.entry[entry];
}

/** Whether an injection of this kind strikes one of the pages of a large folio. */
export const strikesFolio = (step: Step, kind: number, members: readonly number[]): boolean =>
  members.some((member) => {
    const entry = step.state.entry.indexOf(member);
    return entry >= 0 && step.injectionFails(kind, member, entry);
  });

/** Lets an injection of no-large-page be used up by an attempt to migrate a large folio whole. */
function mayUseNoLargePage(step: Step): void {
  if (!step.lasting(NO_LARGE_PAGE) && step.choose(WITHOUT_LARGE_PAGE) === 'used') step.consume(NO_LARGE_PAGE);
}

/** Whether the observation shows that the large folio on a frame was freed whole or page by page. */
export function isFreedWhole(step: Step, object: number): boolean | undefined {
  const place = step.state.place[object] ?? SYSTEM;
  const { observed, judging } = step;
  if (!judging.callbacks || observed === undefined || isSomeFrame(place)) return undefined;
  const head = place - FIRST_FRAME - step.state.partOf(object);
  const block = blockIn(step.state.scope);
  for (const event of observed.events) {
    if (event.event !== 'free' || event.frame < head || event.frame >= head + block) continue;
    return event.large === true;
  }
  return undefined;
}

/**
 * Decides whether a large folio on the device migrates to system memory whole; otherwise it is split. No whole migration
 * succeeds where an injection strikes one of its pages.
 *
 * @param mayMove whether it may: for an access or a range of pages only if this entry is part of a whole entry
 * @returns the members, if it migrates whole; `base page` if the attempt is at the page alone; `refused` if an injection
 *   refused the split that this needs. The injection of no-large-page may have been used up in each case
 */
export function migratesWhole(
  step: Step,
  object: number,
  entry: number,
  mayMove = step.state.isWhole(entry),
): readonly number[] | 'base page' | 'refused' {
  const { state } = step;
  const members = state.membersOf(object);
  if (mayMove) {
    const struck = strikesFolio(step, NO_LARGE_PAGE, members);
    if (struck) {
      step.refine(FOLIO.withoutLargePage);
      mayUseNoLargePage(step);
      // Another injection may strike first, and leaves the folio as it is.
      if (isFolioStruck(step, members) && step.choose(FIRST_STRIKE) === 'another injection') return members;
    } else {
      const hint = isFreedWhole(step, object) ?? (step.isShownWhole(entry) === true ? true : undefined);
      if (step.choose(FAULTED_FOLIO, ifSeen(hint, 'migrates whole', 'is split')) === 'migrates whole') {
        return members;
      }
    }
  }
  // An attempt at the page alone that fails may do so before the folio is split.
  if (step.injectionFails(SIGBUS, object, entry) || step.injectionFails(OOM, object, entry)) {
    if (!isSplitStruck(step, object)) maySplit(step, object);
    else if (step.choose(FIRST_FAILURE) === 'the split' && !trySplit(step, object)) return 'refused';
    return 'base page';
  }
  if (trySplit(step, object)) return 'base page';
  // Before the split, an attempt at the whole folio may have failed because of another page.
  if (mayMove) mayUseStrikes(step, members);
  return 'refused';
}

/** Lets an attempt to migrate a large folio whole use up the injections that strike one of its pages. */
function mayUseStrikes(step: Step, members: readonly number[]): void {
  for (const kind of [SIGBUS, OOM]) {
    if (step.lasting(kind) || !strikesFolio(step, kind, members)) continue;
    if (step.choose(WHOLE_ATTEMPT) === 'failed') step.consume(kind);
  }
}

/** Whether an injection of one of these kinds strikes the migration of the whole large folio of an object, or its split. */
export const isWholeMigrationStruck = (
  step: Step,
  object: number,
  kinds: readonly number[] = [NO_LARGE_PAGE, NO_SPLIT],
): boolean =>
  step.state.isInFolio(object) &&
  kinds.some(
    (kind) => step.state.remaining[kind] !== 0 && strikesFolio(step, kind, step.state.membersOf(object)),
  );

/** Whether an injection refuses the split of the large folio of an object. */
export const isSplitStruck = (step: Step, object: number): boolean =>
  isWholeMigrationStruck(step, object, [NO_SPLIT]);

/** Splits a large folio, unless an injection refuses it. An implementation may repeat a refused split until it succeeds. */
function trySplit(step: Step, object: number): boolean {
  if (isSplitStruck(step, object)) {
    step.refine(FOLIO.splitStruck);
    step.hasRefusedSplit = true;
    if (step.lasting(NO_SPLIT)) return false;
    if (step.choose(REFUSED_SPLIT) === 'given up') {
      const remaining = step.state.remaining[NO_SPLIT] ?? 0;
      const strikes = 1 + step.chooseNumber('refused splits', remaining - 1);
      for (let strike = 0; strike < strikes; strike++) step.consume(NO_SPLIT);
      return false;
    }
    useUpRefusals(step);
  }
  splitLargeFolio(step, object);
  return true;
}

/** Repeats a refused split until it succeeds. */
function useUpRefusals(step: Step): void {
  step.hasRefusedSplit = true;
  while (step.state.remaining[NO_SPLIT] !== 0) step.consume(NO_SPLIT);
}

/**
 * Lets an injection refuse the split that the migration of one page of a large folio needs. Returns true if it does: the
 * page is skipped, whether the split was tried or not. A large folio in system memory without a whole entry may have been
 * split before (24.17).
 */
export function isKeptBySplit(step: Step, object: number): boolean {
  const { state } = step;
  if (!isSplitStruck(step, object)) return false;
  const isSurelyLarge = state.onDevice(object) || state.hasWholeEntry(object);
  if (!isSurelyLarge && step.choose(EARLIER_SPLIT) === 'was split before') {
    splitLargeFolio(step, object);
    return false;
  }
  step.refine(FOLIO.splitStruck);
  step.hasRefusedSplit = true;
  if (!step.lasting(NO_SPLIT) && step.choose(NEEDLESS_SPLIT) === 'tried') step.consume(NO_SPLIT);
  return true;
}

/** Moves a large folio from the device to system memory. */
export function bringFolio(step: Step, object: number): void {
  step.refine(FOLIO.migratedWhole);
  step.moveFolioToSystem(object);
}

/** Splits a large folio, and covers the rules for that. */
export function splitLargeFolio(step: Step, object: number): void {
  const { state } = step;
  step.refine(FOLIO.splitUp);
  if (state.onDevice(object)) {
    step.refine(FOLIO.splitUpOnDevice);
    if (!state.membersOf(object).every((member) => state.isHeld(member)))
      step.refine(FOLIO.splitUpPartlyHeld);
  }
  step.splitFolio(object);
}

/**
 * Lets the split of a large folio in system memory drop its pages of value 0, in all processes: they become
 * unpopulated pages, which read the same.
 */
export function mayDropZeroPages(step: Step, members: readonly number[]): void {
  const { state } = step;
  const entries = [...state.entry.keys()].filter((entry) => {
    const mapped = state.entry[entry] ?? NO_OBJECT;
    return mapped > NO_OBJECT && members.includes(mapped) && state.value[mapped] === 0;
  });
  // A folio with a pinned page cannot be split.
  if (entries.length === 0 || members.some((member) => state.pinned(member))) return;
  const isStruck = isSplitStruck(step, members[0] ?? NO_OBJECT);
  if (isStruck && step.lasting(NO_SPLIT)) return;
  const seen = new Set(entries.map((entry) => step.isDropped(entry)));
  const hint = seen.has(true) || (seen.has(undefined) ? undefined : false);
  if (step.choose(ZERO_PAGES, ifSeen(hint, 'dropped', 'kept')) === 'kept') return;
  // The pages whose attempts were refused before are skipped.
  if (isStruck) useUpRefusals(step);
  splitLargeFolio(step, members[0] ?? NO_OBJECT);
  for (const entry of entries) step.unlink(entry);
}

/** Lets a large folio on the device be split although the page of the attempt stays. */
export function maySplit(step: Step, object: number): void {
  const { state } = step;
  if (!state.isInFolio(object) || !state.onDevice(object)) return;
  if (isSplitStruck(step, object)) {
    if (step.choose(NEEDLESS_SPLIT) === 'tried') trySplit(step, object);
    return;
  }
  const place = state.place[object] ?? SYSTEM;
  const frame = place - FIRST_FRAME;
  const reported = step.isReportedSplit(frame - state.partOf(object));
  const shown = isSomeFrame(place) ? undefined : step.observed?.state?.large?.[frame];
  const large = shown ?? (reported === undefined ? undefined : !reported);
  if (step.choose(LEFT_FOLIO, ifSeen(large, 'is not split', 'is split')) === 'is split')
    splitLargeFolio(step, object);
}

/** The place of the first page of the large folio of an object that a whole entry maps; otherwise that of the object. */
export function headOf(state: State, object: number, entry: number): number {
  const place = state.place[object] ?? SYSTEM;
  return state.isInFolio(object) && state.isWhole(entry) && place >= FIRST_FRAME
    ? place - state.partOf(object)
    : place;
}

/** Whether an injection strikes the migration of the whole folio to system memory. */
export const isFolioStruck = (step: Step, members: readonly number[]): boolean =>
  strikesFolio(step, SIGBUS, members) || strikesFolio(step, OOM, members);

/** Whether another process maps a page of the large folio of an object. */
export function isFolioSharedWithOthers(state: State, object: number, entry: number): boolean {
  if (!state.isInFolio(object)) return false;
  const { pages } = state.scope;
  const process = (entry / pages) | 0;
  return state.entry.some(
    (other, at) => other > NO_OBJECT && ((at / pages) | 0) !== process && state.isOfFolio(other, object),
  );
}
