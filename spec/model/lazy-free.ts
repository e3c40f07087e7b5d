import { LAZY_FREE, NO_OBJECT, PAGED_OUT, type State } from './state.ts';

/**
 * The process of this entry said that what it sees there may go: at once, or when memory is wanted. Where that is a page of
 * zeroes it may go for all who share it, for it reads as before when it is gone.
 */
export function markLazyFree(state: State, entry: number): void {
  const object = state.entry[entry] ?? NO_OBJECT;
  for (let at = 0; at < state.entry.length; at++) {
    const isOther = at !== entry && (state.entry[at] !== object || state.value[object] !== 0);
    if (!isOther) state.track[at] = (state.track[at] ?? 0) | LAZY_FREE;
  }
}

/** It has written to the page, or has asked for it as if to write: what it sees there has to stay. */
export function keep(state: State, entry: number): void {
  state.track[entry] = (state.track[entry] ?? 0) & ~(LAZY_FREE | PAGED_OUT);
}

export const isLazyFree = (state: State, entry: number): boolean =>
  ((state.track[entry] ?? 0) & LAZY_FREE) !== 0;
