import { GIVEN_AWAY, PAGED_OUT, type State } from './state.ts';

/** The process of this entry said that what it sees there may go: at once, or when memory is wanted. */
export function giveAway(state: State, entry: number): void {
  state.track[entry] = (state.track[entry] ?? 0) | GIVEN_AWAY;
}

/** It has written to the page, or has asked for it as if to write: what it sees there has to stay. */
export function keep(state: State, entry: number): void {
  state.track[entry] = (state.track[entry] ?? 0) & ~(GIVEN_AWAY | PAGED_OUT);
}

export const isGivenAway = (state: State, entry: number): boolean =>
  ((state.track[entry] ?? 0) & GIVEN_AWAY) !== 0;
