import type { CommandOf } from '../vocabulary/command.ts';
import { ADVISE } from './attribution/mapping.ts';
import { becomeDirtyOrClean, isLazyFree, markLazyFree } from './tracking.ts';
import { pageOut } from './swap.ts';
import { isExclusive, LOCKED, NO_OBJECT } from './state.ts';
import type { Step } from './step.ts';
import { choice, ifSeen } from './choice.ts';

const LAZY_FREE_PAGE = choice('lazy-free page', 'kept', 'dropped');

/**
 * Advice has no observable effect, except that a lazy-free page may be dropped for the process that marked it: at once, or
 * later under memory pressure.
 */
export function advise(step: Step, command: CommandOf<'advise'>): void {
  const { state } = step;
  const { advice } = command;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (((state.mapping[entry] ?? 0) & LOCKED) !== 0 && advice !== 'move-node') {
    step.result = 'EINVAL';
    step.select(ADVISE.refused);
    return;
  }
  becomeDirtyOrClean(state, entry);
  step.select(ADVISE.advised);
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object <= NO_OBJECT) return;
  if (state.onDevice(object)) {
    step.select(ADVISE.advisedOnDevice);
    return;
  }
  step.refine(ADVISE.advisedInSystem);
  if (isExclusive(state.writable[entry] ?? 0)) return;
  if (advice === 'free') markLazyFree(state, entry);
  // The owner of a pin still uses the page, so it is not dropped.
  const mayGo = isLazyFree(state, entry) && !state.pinned(object);
  if (
    mayGo &&
    (advice === 'free' || advice === 'page-out') &&
    step.choose(LAZY_FREE_PAGE, ifSeen(step.isDropped(entry), 'dropped', 'kept')) === 'dropped'
  ) {
    if (state.value[object] === 0) dropForOthers(step, object, entry);
    step.unlink(entry);
  } else if (advice === 'page-out' && !state.pinned(object)) {
    pageOut(state, entry);
  }
}

/** A page of zeroes that is dropped for one sharer may be dropped for any other sharer in the same step. */
function dropForOthers(step: Step, object: number, entry: number): void {
  const { state } = step;
  for (let other = 0; other < state.entry.length; other++) {
    if (other === entry || state.entry[other] !== object || !isLazyFree(state, other)) continue;
    if (step.choose(LAZY_FREE_PAGE, ifSeen(step.isDropped(other), 'dropped', 'kept')) === 'dropped')
      step.unlink(other);
  }
}
