import { isHost } from '../../spec/model/permission.ts';
import {
  EITHER_FLAVOUR,
  FIRST_FRAME,
  isSomeFrame,
  LIKELY_WRITE,
  NO_OBJECT,
  NOT_MAPPED,
  POISONED,
  READ_FLAVOUR,
  type State,
  SYSTEM,
  WRITE_FLAVOUR,
} from '../../spec/model/state.ts';

/** What an entry must show; a frame by a name that stands for whichever frame the object was first seen on. */
export type EntryShown =
  | 'unmapped'
  | 'hole'
  | 'present'
  | 'poison'
  | 'exclusive'
  | { readonly frame: string; readonly write: boolean };

/** What a state looks like to somebody who may look at it. */
export interface StateShown {
  /** A row for each process, an item for each page. Left out where no state is due. */
  readonly entries?: readonly (readonly EntryShown[])[];
  readonly rss?: readonly number[];
  readonly charged?: number;
}

const LETTERS = 26;

/** A, B, … Z, A1, B1, … */
export const frameName = (frame: number): string =>
  `${String.fromCharCode(65 + (frame % LETTERS))}${frame < LETTERS ? '' : Math.floor(frame / LETTERS)}`;

/** Gives every object on a frame without a name the first name that is free. No rule looks at names. */
export function nameFrames(state: State): void {
  for (let object = 1; object < state.objectEnd; object++) {
    const place = state.place[object] ?? SYSTEM;
    if (!state.exists(object) || !isSomeFrame(place)) continue;
    let frame = state.deviceOf(place) * state.scope.frames;
    while (state.holderOf(frame) !== NO_OBJECT) frame++;
    state.setPlace(object, FIRST_FRAME + frame);
  }
}

/** The states that a look may find, where an entry may be of either flavour until somebody looks. */
export function* settledFlavours(state: State, first = 0): Generator<State> {
  for (let entry = first; entry < state.entry.length; entry++) {
    const object = state.entry[entry] ?? NO_OBJECT;
    const flavour = state.flavour[entry] ?? READ_FLAVOUR;
    const open = flavour === EITHER_FLAVOUR || flavour === LIKELY_WRITE;
    if (object <= NO_OBJECT || !state.onDevice(object) || !open) continue;
    for (const settled of [WRITE_FLAVOUR, READ_FLAVOUR]) {
      const one = state.clone();
      one.flavour[entry] = settled;
      yield* settledFlavours(one, entry + 1);
    }
    return;
  }
  yield state;
}

/** What is shown of a state, where it is due. */
export function shownIn(state: State, due: boolean): StateShown {
  if (!due) return {};
  const { processes, pages } = state.scope;
  return {
    entries: Array.from({ length: processes }, (_, process) =>
      Array.from({ length: pages }, (__, page) => entryShown(state, state.at(process, page))),
    ),
    rss: Array.from({ length: processes }, (_, process) => state.residentOf(process)),
    charged: state.objectCount,
  };
}

function entryShown(state: State, entry: number): EntryShown {
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object === POISONED) return 'poison';
  if (object === NO_OBJECT) {
    const mapping = state.mapping[entry] ?? NOT_MAPPED;
    if (mapping === NOT_MAPPED) return 'unmapped';
    return isHost(mapping) ? 'present' : 'hole';
  }
  const place = state.place[object] ?? SYSTEM;
  if (place === SYSTEM) return 'present';
  return { frame: frameName(place - FIRST_FRAME), write: state.flavour[entry] === WRITE_FLAVOUR };
}
