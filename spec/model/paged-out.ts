import { NO_OBJECT, PAGED_OUT, type State } from './state.ts';

/** Records that the page may be in a swap area, which counts as system memory. */
export function pageOut(state: State, entry: number): void {
  state.track[entry] = (state.track[entry] ?? 0) | PAGED_OUT;
}

/** Records that an access brought the page in from the swap area. */
export function pageIn(state: State, entry: number): void {
  state.track[entry] = (state.track[entry] ?? 0) & ~PAGED_OUT;
}

/** Whether the page may be in a swap area for the process of this entry. */
export const mayBeOut = (state: State, entry: number): boolean =>
  ((state.track[entry] ?? 0) & PAGED_OUT) !== 0;

/** Whether the object may be in a swap area for any process; then there may be no page to migrate. */
export function mayBeOutForAny(state: State, object: number): boolean {
  if (object === NO_OBJECT) return false;
  for (let entry = 0; entry < state.entry.length; entry++) {
    if (state.entry[entry] === object && mayBeOut(state, entry)) return true;
  }
  return false;
}
