import { blockIn, isFrameBlock } from '../vocabulary/scope.ts';
import {
  MAYBE_WRITABLE,
  FIRST_FRAME,
  isSomeFrame,
  LIKELY_WRITABLE,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  READ_ONLY,
  type State,
  SYSTEM,
  WRITABLE,
} from './state.ts';

/** Names the frames that no observation has named yet, as a snapshot does: with the lowest free frame numbers. */
export function nameFrames(state: State): void {
  if (state.onDeviceCount === 0) return;
  nameBlocks(state);
  for (const object of state.entry) {
    if (object <= NO_OBJECT) continue;
    const place = state.place[object] ?? SYSTEM;
    if (!isSomeFrame(place)) continue;
    let frame = state.deviceOf(place) * state.scope.frames;
    while (state.holderOf(frame) !== NO_OBJECT) frame++;
    state.setPlace(object, FIRST_FRAME + frame);
  }
}

/** Names the frames of large folios first, which need a free block; one for which there is none becomes base pages. */
function nameBlocks(state: State): void {
  const { scope } = state;
  const block = blockIn(scope);
  for (let object = 1; object < state.folio.length; object++) {
    const place = state.place[object] ?? SYSTEM;
    if (!state.isInFolio(object) || !isSomeFrame(place)) continue;
    const members = state.membersOf(object);
    const named = members.find((member) => (state.place[member] ?? SYSTEM) >= FIRST_FRAME);
    const end = (state.deviceOf(place) + 1) * scope.frames;
    let head = end - scope.frames;
    if (named !== undefined) head = (state.place[named] ?? SYSTEM) - FIRST_FRAME - state.partOf(named);
    else while (head < end && !isFreeBlock(state, head)) head += block;
    for (const [part, member] of members.entries()) {
      if (head >= end) state.folio[member] = 0;
      else if (isSomeFrame(state.place[member] ?? SYSTEM)) state.setPlace(member, FIRST_FRAME + head + part);
    }
  }
}

const isFreeBlock = (state: State, head: number): boolean =>
  isFrameBlock(state.scope, head) &&
  Array.from({ length: blockIn(state.scope) }, (_, part) => head + part).every(
    (frame) => state.holderOf(frame) === NO_OBJECT,
  );

const NOTHING: readonly number[] = [];

/** The entries that a snapshot still has to settle as READ, WRITE or exclusive. */
export function openEntries(state: State): readonly number[] {
  let open: number[] | undefined;
  for (let entry = 0; entry < state.entry.length; entry++) {
    const object = state.entry[entry] ?? NO_OBJECT;
    if (object <= NO_OBJECT) continue;
    const writable = state.writable[entry];
    const unsettled = state.onDevice(object)
      ? writable === LIKELY_WRITABLE || writable === MAYBE_WRITABLE
      : writable === MAYBE_EXCLUSIVE;
    if (unsettled) (open ??= []).push(entry);
  }
  return open ?? NOTHING;
}

/** The state in which a snapshot may show an open entry. Exclusive access is not shown with its device. */
const foundAs = (state: State, entry: number, other: boolean): number => {
  if (!other) return READ_ONLY;
  return state.onDevice(state.entry[entry] ?? NO_OBJECT) ? WRITABLE : MAYBE_EXCLUSIVE;
};

/** Turns the state into each of the states that a snapshot may show, one after the other, the most likely one first. */
export function forEachShownState(state: State, visit: (looked: State) => void): void {
  nameFrames(state);
  // The pages of a whole entry are all READ or all WRITE.
  const open = openEntries(state).filter((entry) => isFirst(state, entry));
  if (open.length === 0) {
    forEachSplit(state, visit);
    return;
  }
  const isLikely = open.map((entry) => state.writable[entry] !== MAYBE_WRITABLE);
  for (let bits = 0; bits < 2 ** open.length; bits++) {
    for (const [at, entry] of open.entries()) {
      const found = foundAs(state, entry, (((bits >> at) & 1) === 0) === isLikely[at]);
      for (const part of state.isWhole(entry) ? state.blockOf(entry) : [entry]) state.writable[part] = found;
    }
    forEachSplit(state, visit);
  }
}

/** Whether an entry is no part of a whole entry, or its first. */
const isFirst = (state: State, entry: number): boolean =>
  !state.isWhole(entry) || state.blockOf(entry)[0] === entry;

/** A snapshot may show entries for each page where there was a whole entry in system memory. */
function forEachSplit(state: State, visit: (looked: State) => void): void {
  const wholes = state.folio.length === 0 ? NOTHING : wholeInSystem(state);
  if (wholes.length === 0) {
    visit(state);
    return;
  }
  const track = state.track.slice();
  for (let bits = 0; bits < 2 ** wholes.length; bits++) {
    state.track.set(track);
    for (const [at, entry] of wholes.entries()) if (((bits >> at) & 1) === 1) state.splitEntry(entry);
    visit(state);
  }
  state.track.set(track);
}

/** The first entries of the whole entries in system memory. */
const wholeInSystem = (state: State): readonly number[] =>
  [...state.entry.keys()].filter(
    (entry) =>
      state.isWhole(entry) && isFirst(state, entry) && !state.onDevice(state.entry[entry] ?? NO_OBJECT),
  );
