import { NO_OBJECT, PAGED_OUT, type State } from './state.ts';

/** The page may be in a swap area from now on, which is system memory, too. */
export function pageOut(state: State, entry: number): void {
  state.track[entry] = (state.track[entry] ?? 0) | PAGED_OUT;
}

/** A touch has brought it in. */
export function pageIn(state: State, entry: number): void {
  state.track[entry] = (state.track[entry] ?? 0) & ~PAGED_OUT;
}

/** Whether it may be in a swap area, as this process sees it. */
export const mayBeOut = (state: State, entry: number): boolean =>
  ((state.track[entry] ?? 0) & PAGED_OUT) !== 0;

/** Whether it may be, as anybody sees it: then there is no page that could move. */
export function mayBeOutForAny(state: State, object: number): boolean {
  if (object === NO_OBJECT) return false;
  for (let entry = 0; entry < state.entry.length; entry++) {
    if (state.entry[entry] === object && mayBeOut(state, entry)) return true;
  }
  return false;
}
