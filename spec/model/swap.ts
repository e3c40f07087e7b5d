import type { CommandOf } from '../vocabulary/command.ts';
import { ACCOUNTING } from './attribution/query.ts';
import type { Step } from './step.ts';
import { NO_OBJECT, PAGED_OUT, type State } from './state.ts';

export function swapOn(step: Step, command: CommandOf<'swap-on'>): void {
  const { state, judging } = step;
  const on = state.swap[0] ?? 0;
  const accepted = Math.min(command.areas, judging.profile.swapAreas - on);
  step.select(ACCOUNTING.swapOn);
  if (accepted < command.areas) step.refine(ACCOUNTING.swapLimited);
  state.swap[0] = on + accepted;
  step.result = accepted;
}

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
