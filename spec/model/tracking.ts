import type { CommandOf } from '../vocabulary/command.ts';
import { TRACKING } from './attribution/query.ts';
import {
  CLEAN,
  CLEARED_SINCE_MOVE,
  DIRTY,
  DIRTY_OR_CLEAN,
  isExclusive,
  isMapped,
  LAZY_FREE,
  LIKELY_WRITABLE,
  MAYBE_EXCLUSIVE,
  MAYBE_WRITABLE,
  NO_OBJECT,
  PAGED_OUT,
  READ_ONLY,
  SOFT_DIRTY,
  type State,
  WAS_MOVED,
  WATCHED_MISSING,
  WATCHED_STORES,
  WRITABLE,
} from './state.ts';
import type { Step } from './step.ts';

/** The soft-dirty part of an entry's `track`. */
export const softOf = (track: number): number => track & SOFT_DIRTY;

const setSoft = (state: State, entry: number, soft: number): void => {
  state.track[entry] = ((state.track[entry] ?? 0) & ~SOFT_DIRTY) | soft;
};

/** Records a store of the CPU to the page. */
export function becomeDirty(state: State, entry: number): void {
  setSoft(state, entry, DIRTY);
  othersMayBecomeDirty(state, entry);
}

/** Records an operation for which the rules do not define whether it counts as a store. */
export function becomeDirtyOrClean(state: State, entry: number): void {
  setSoft(state, entry, DIRTY_OR_CLEAN);
  othersMayBecomeDirty(state, entry);
}

/** The pages of a whole entry share one soft-dirty bit. */
function othersMayBecomeDirty(state: State, entry: number): void {
  if (!state.isWhole(entry)) return;
  for (const part of state.blockOf(entry)) mayBecomeDirty(state, part);
}

/** Records an operation that may make a clean page dirty, but never a dirty page clean. */
export function mayBecomeDirty(state: State, entry: number): void {
  if (softOf(state.track[entry] ?? 0) === CLEAN) setSoft(state, entry, DIRTY_OR_CLEAN);
}

/** Records an operation that may make a dirty page clean, but never a clean page dirty. */
export function mayBecomeClean(state: State, entry: number): void {
  if (softOf(state.track[entry] ?? 0) === DIRTY) setSoft(state, entry, DIRTY_OR_CLEAN);
}

export function clearSoftDirty(step: Step, command: CommandOf<'clear-soft-dirty'>): void {
  const { state } = step;
  const { pages } = state.scope;
  step.names(command.process, 0, pages);
  step.select(TRACKING.cleared);
  step.keepsWritable = true;
  for (let page = 0; page < pages; page++) {
    const entry = state.at(command.process, page);
    if (!isMapped(state.mapping[entry] ?? 0)) continue;
    // The holder of a pin may store at any time, so an implementation may leave the page or its large folio dirty.
    const object = state.entry[entry] ?? NO_OBJECT;
    const isPinned = object > NO_OBJECT && (state.pinned(object) || state.hasPinnedMate(object));
    const maySkip = isPinned && softOf(state.track[entry] ?? 0) !== CLEAN;
    setSoft(state, entry, maySkip ? DIRTY_OR_CLEAN : CLEAN);
    if (object <= NO_OBJECT) continue;
    state.history[object] = (state.history[object] ?? 0) | CLEARED_SINCE_MOVE;
    mayLoseWrite(state, entry, object);
  }
}

/** An implementation may remove the write permission to detect the next store. */
function mayLoseWrite(state: State, entry: number, object: number): void {
  const writable = state.writable[entry];
  if (writable !== LIKELY_WRITABLE && writable !== WRITABLE) return;
  state.writable[entry] = state.onDevice(object) ? MAYBE_WRITABLE : READ_ONLY;
}

export function softDirty(step: Step, command: CommandOf<'soft-dirty'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  step.keepsWritable = true;
  const soft = softOf(state.track[entry] ?? 0);
  const history = state.history[state.entry[entry] ?? NO_OBJECT] ?? 0;
  const moved =
    step.judging.profile.tracksThroughMigration &&
    (history & WAS_MOVED) !== 0 &&
    !(soft === CLEAN && (history & CLEARED_SINCE_MOVE) !== 0);
  step.select(moved ? TRACKING.migrated : soft === CLEAN ? TRACKING.clean : TRACKING.dirty);
  if (soft === DIRTY_OR_CLEAN) {
    step.result = step.chooseResult(['dirty', 'clean']) ?? 'dirty';
    return;
  }
  step.refine(soft === CLEAN ? TRACKING.surelyClean : TRACKING.surelyDirty);
  if (moved) step.refine(TRACKING.surelyMigrated);
  step.result = soft === CLEAN ? 'clean' : 'dirty';
}

/** Replaces the watch of a page. No page migrates. */
export function watch(step: Step, command: CommandOf<'watch'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  step.select(TRACKING.watched);
  const mapping = state.mapping[entry] ?? 0;
  state.mapping[entry] = command.watch === 'missing' ? mapping | WATCHED_MISSING : mapping & ~WATCHED_MISSING;
  becomeDirtyOrClean(state, entry);
  if (((state.track[entry] ?? 0) & WATCHED_STORES) !== 0) step.refine(TRACKING.rewatched);
  state.track[entry] = (state.track[entry] ?? 0) & ~WATCHED_STORES;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isExclusive(state.writable[entry] ?? 0)) state.writable[entry] = MAYBE_EXCLUSIVE;
  // Some implementations remove the write permission at the start and at the end of every watch.
  const losesWrite =
    object > NO_OBJECT && state.onDevice(object) && state.writable[entry] === LIKELY_WRITABLE;
  if (losesWrite) state.writable[entry] = MAYBE_WRITABLE;
  if (command.watch !== 'write-protect') return;
  if (object <= NO_OBJECT) {
    if (object === NO_OBJECT && step.judging.watchesUnpopulated) {
      state.track[entry] = (state.track[entry] ?? 0) | WATCHED_STORES;
    }
    return;
  }
  state.track[entry] = (state.track[entry] ?? 0) | WATCHED_STORES;
  if (state.writable[entry] !== MAYBE_EXCLUSIVE) state.writable[entry] = READ_ONLY;
}

/**
 * Marks the page of this entry as lazy-free: it may be dropped at once, or later under memory pressure. A page of zeroes may
 * be dropped for all its sharers, because it reads the same when it is unpopulated.
 */
export function markLazyFree(state: State, entry: number): void {
  const object = state.entry[entry] ?? NO_OBJECT;
  for (let at = 0; at < state.entry.length; at++) {
    const isOther = at !== entry && (state.entry[at] !== object || state.value[object] !== 0);
    if (!isOther) state.track[at] = (state.track[at] ?? 0) | LAZY_FREE;
  }
}

/** The process has written to the page, or has requested it for writing, so the page must not be dropped. */
export function keep(state: State, entry: number): void {
  state.track[entry] = (state.track[entry] ?? 0) & ~(LAZY_FREE | PAGED_OUT);
}

export const isLazyFree = (state: State, entry: number): boolean =>
  ((state.track[entry] ?? 0) & LAZY_FREE) !== 0;
