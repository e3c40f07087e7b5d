import { LAZY_FREE, NO_OBJECT, PAGED_OUT, type State } from './state.ts';

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
