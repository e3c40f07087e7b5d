import {
  LIKELY_WRITABLE,
  MAYBE_EXCLUSIVE,
  MAYBE_WRITABLE,
  NO_OBJECT,
  READ_ONLY,
  type State,
  WRITABLE,
} from '../../spec/model/state.ts';
import type { Step } from '../../spec/model/step.ts';

/**
 * The states that a snapshot after a step may show. Until then an entry may be writable or not, and a whole entry may have
 * been replaced by an entry for each page.
 *
 * @param named the state after the step
 */
export function* settledStates(step: Step, named: State): Generator<State> {
  for (const replaced of replacedStates(step, named)) yield* settledWritable(replaced, step.isStrict);
}

/** The states that differ in the whole entries that were replaced. */
function* replacedStates(step: Step, state: State, first = 0): Generator<State> {
  for (let entry = first; entry < state.track.length; entry++) {
    if (!isFirstOfWhole(state, entry) || !mayBeReplaced(step, state, entry)) continue;
    const replaced = state.clone();
    replaced.splitEntry(entry);
    yield* replacedStates(step, state, entry + 1);
    yield* replacedStates(step, replaced, entry + 1);
    return;
  }
  yield state;
}

const isFirstOfWhole = (state: State, entry: number): boolean =>
  state.isWhole(entry) && state.blockOf(entry)[0] === entry;

/** In system memory a target may replace a whole entry at any time; on a device, if this step allows it. */
function mayBeReplaced(
  { mayReplaceWhole, process, page, count }: Step,
  state: State,
  entry: number,
): boolean {
  if (!state.onDevice(state.entry[entry] ?? NO_OBJECT)) return true;
  if (!mayReplaceWhole || process < 0) return false;
  const first = state.at(process, page);
  return state.blockOf(entry).some((part) => part >= first && part < first + count);
}

/**
 * The states that differ in the entries that are writable.
 *
 * @param strict whether all SHOULDs are followed
 */
function* settledWritable(state: State, strict: boolean, first = 0): Generator<State> {
  for (let entry = first; entry < state.entry.length; entry++) {
    if ((state.entry[entry] ?? NO_OBJECT) <= NO_OBJECT) continue;
    // The pages of a whole entry have the same permission.
    const isPart = state.isWhole(entry);
    if (isPart && !isFirstOfWhole(state, entry)) continue;
    const entries = isPart ? state.blockOf(entry) : [entry];
    if (!entries.some((part) => isOpen(state, part))) continue;
    const seen = entries
      .map((part) => permissionsSeen(state, part, strict))
      .reduce((common, permissions) => common.filter((one) => permissions.includes(one)));
    for (const settled of seen) {
      const one = state.clone();
      for (const part of entries) one.writable[part] = settled;
      yield* settledWritable(one, strict, entry + 1);
    }
    return;
  }
  yield state;
}

/** Whether only a snapshot shows the permission of an entry, or whether a device has exclusive access. */
function isOpen(state: State, entry: number): boolean {
  const writable = state.writable[entry] ?? READ_ONLY;
  return state.onDevice(state.entry[entry] ?? NO_OBJECT)
    ? writable === MAYBE_WRITABLE || writable === LIKELY_WRITABLE
    : writable === MAYBE_EXCLUSIVE;
}

/** The values of `writable` that a snapshot may show for an entry. */
function permissionsSeen(state: State, entry: number, strict: boolean): readonly number[] {
  const writable = state.writable[entry] ?? READ_ONLY;
  if (!isOpen(state, entry)) return [writable];
  if (writable === MAYBE_EXCLUSIVE) return [MAYBE_EXCLUSIVE, READ_ONLY];
  return strict && writable === LIKELY_WRITABLE ? [WRITABLE] : [WRITABLE, READ_ONLY];
}
