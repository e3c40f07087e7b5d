import type { CommandOf, Inheritance } from '../vocabulary/command.ts';
import { MAPPING } from './attribution/mapping.ts';
import { PROCESS } from './attribution/process.ts';
import {
  CLEAN,
  COPIED_WHILE_PINNED,
  DIRTY_OR_CLEAN,
  INHERITED_EMPTY,
  isCommon,
  isExclusive,
  isHost,
  isPoison,
  LAZY_FREE,
  LIKELY_WRITABLE,
  LOCKED,
  LOST,
  MAYBE_EXCLUSIVE,
  MAYBE_WRITABLE,
  NO_OBJECT,
  NOT_INHERITED,
  NOT_MAPPED,
  PAGED_OUT,
  READ_ONLY,
  type State,
  SYSTEM,
  WAS_SHARED,
  WATCHED_MISSING,
  WATCHED_STORES,
  WHOLE,
  WITHHELD,
  WRITABLE,
} from './state.ts';
import { choice } from './choice.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean, mayBecomeClean, softOf } from './tracking.ts';

const PINNED_FOLIO = choice('page of a large folio with a pinned page', 'shared', 'copied');

const INHERITANCE: { readonly [I in Inheritance]: number } = {
  copy: 0,
  none: NOT_INHERITED,
  zero: INHERITED_EMPTY,
};

export function spawn(step: Step, command: CommandOf<'spawn'>): void {
  step.state.alive[command.process] = 1;
  step.state.member[command.process] = 0;
}

export function fork(step: Step, command: CommandOf<'fork'>): void {
  const { state } = step;
  const { pages } = state.scope;
  step.names(command.process, 0, pages);
  step.select(PROCESS.forked);
  state.alive[command.child] = 1;
  state.member[command.child] = state.member[command.process] ?? 0;
  for (let page = 0; page < pages; page++) {
    const from = state.at(command.process, page);
    const to = state.at(command.child, page);
    const mapping = state.mapping[from] ?? NOT_MAPPED;
    if ((mapping & (NOT_INHERITED | INHERITED_EMPTY)) !== 0) {
      withhold(step, command, page);
      continue;
    }
    state.mapping[to] = mapping & ~(LOCKED | WATCHED_MISSING);
    if (isCommon(mapping)) step.refine(isHost(mapping) ? PROCESS.forkedHost : PROCESS.forkedSharedMemory);
    // A clean page stays clean on both sides; a dirty page is sure to stay dirty only for the parent, in system memory.
    state.track[to] = softOf(state.track[from] ?? 0) === CLEAN ? CLEAN : DIRTY_OR_CLEAN;
    copyEntry(step, from, to);
  }
  splitIncomplete(state, command.child);
}

/** Replaces the whole entries of a process of which the fork copied some pages by entries for each page. */
function splitIncomplete(state: State, process: number): void {
  for (let page = 0; page < state.scope.pages; page++) {
    const entry = state.at(process, page);
    if (!state.isWhole(entry)) continue;
    const object = state.entry[entry] ?? NO_OBJECT;
    const block = state.blockOf(entry);
    if (!block.every((part) => state.isOfFolio(state.entry[part] ?? NO_OBJECT, object)))
      state.splitEntry(entry);
  }
}

/** The child does not inherit this page of its parent, and possibly not its mapping; the parent keeps the page. */
function withhold(step: Step, { process, child }: CommandOf<'fork'>, page: number): void {
  const { state } = step;
  const from = state.at(process, page);
  const to = state.at(child, page);
  const mapping = state.mapping[from] ?? NOT_MAPPED;
  const isEmpty = (mapping & INHERITED_EMPTY) !== 0;
  state.mapping[to] = isEmpty ? mapping & ~(LOCKED | WATCHED_MISSING) : NOT_MAPPED;
  state.track[to] = WITHHELD | (isEmpty ? DIRTY_OR_CLEAN : 0);
  step.attributeAt(page, PROCESS.parentKeeps);
  // Where the target shows no entries, an access covers the rule.
  if (step.observed === undefined || step.observed.state?.entries !== undefined)
    step.refine(isEmpty ? PROCESS.inheritedEmpty : PROCESS.notInherited);
  if ((state.entry[from] ?? NO_OBJECT) <= NO_OBJECT) return;
  step.refine(PROCESS.parentKeeps);
  mayLosePermission(state, from);
}

/** An implementation may make all entries of a forking process READ, because READ is always allowed. */
function mayLosePermission(state: State, entry: number): void {
  const writable = state.writable[entry] ?? READ_ONLY;
  if (isExclusive(writable)) state.writable[entry] = MAYBE_EXCLUSIVE;
  else if (writable === LIKELY_WRITABLE || writable === WRITABLE) {
    state.writable[entry] = state.onDevice(state.entry[entry] ?? NO_OBJECT) ? MAYBE_WRITABLE : READ_ONLY;
  }
}

/** Sets the inheritance of a page for later forks. */
export function inherit(step: Step, command: CommandOf<'inherit'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  step.select(PROCESS.inheritanceSet);
  step.keepsWritable = true;
  const mapping = (state.mapping[entry] ?? NOT_MAPPED) & ~(NOT_INHERITED | INHERITED_EMPTY);
  state.mapping[entry] = mapping | INHERITANCE[command.inheritance];
  becomeDirtyOrClean(state, entry);
}

/** Gives the child of a fork its entry for one entry of the parent. */
function copyEntry(step: Step, from: number, to: number): void {
  const { state, judging } = step;
  const object = state.entry[from] ?? NO_OBJECT;
  if (object === NO_OBJECT) return;
  if (isPoison(object)) {
    state.entry[to] = object;
    step.refine(object === LOST ? PROCESS.forkedLost : PROCESS.forkedPoison);
    return;
  }
  if (((state.track[from] ?? 0) & WATCHED_STORES) !== 0) step.refine(PROCESS.forkedWatched);
  const writable = state.writable[from] ?? READ_ONLY;
  if (isExclusive(writable) || writable === MAYBE_EXCLUSIVE) {
    step.refine(PROCESS.forkedExclusive);
    state.writable[from] = READ_ONLY;
  }
  const isCopied = state.hasPinnedMate(object) && step.choose(PINNED_FOLIO) === 'copied';
  if (state.pinned(object) || isCopied) {
    if (state.pinned(object)) step.refine(PROCESS.forkedPinned);
    if (judging.profile.forkCopiesPinned) {
      const copy = step.newObject(state.value[object] ?? 0, SYSTEM, to);
      step.link(to, copy, READ_ONLY);
      step.refine(PROCESS.forkedCopy);
      state.history[object] = (state.history[object] ?? 0) | WAS_SHARED | COPIED_WHILE_PINNED;
      state.history[copy] = state.history[object] ?? 0;
      return;
    }
  }
  state.track[to] = (state.track[to] ?? 0) | ((state.track[from] ?? 0) & (LAZY_FREE | PAGED_OUT | WHOLE));
  state.history[object] = (state.history[object] ?? 0) | WAS_SHARED;
  if (state.onDevice(object)) {
    step.refine(PROCESS.forkedOnDevice);
    if (state.isInFolio(object)) step.refine(PROCESS.forkedFolio);
    mayBecomeClean(state, from);
  }
  state.writable[from] = READ_ONLY;
  step.link(to, object, READ_ONLY);
}

export function exit(step: Step, command: CommandOf<'exit'>): void {
  const { state } = step;
  const { pages } = state.scope;
  step.names(command.process, 0, pages);
  step.select(PROCESS.exited);
  state.alive[command.process] = 0;
  state.member[command.process] = 0;
  for (let page = 0; page < pages; page++) {
    const entry = state.at(command.process, page);
    removeEntry(step, entry);
    state.mapping[entry] = NOT_MAPPED;
    state.track[entry] = 0;
  }
}

/** Removes an entry of any kind, and covers the rules for its removal. */
export function removeEntry(step: Step, entry: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isPoison(object)) step.refine(object === LOST ? MAPPING.removedLost : MAPPING.removedPoison);
  if (object > NO_OBJECT) {
    step.refine(MAPPING.removed);
    if ((state.maps[object] ?? 0) > 1) step.refine(MAPPING.removedShared);
    if (state.onDevice(object)) {
      step.refine(MAPPING.removedOnDevice);
      if (state.closed[state.deviceOf(state.place[object] ?? 0)] === 1)
        step.refine(MAPPING.removedWhileClosed);
    }
  }
  step.unlink(entry);
}
