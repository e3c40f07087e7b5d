import { isCommon, isFile } from '../../spec/model/permission.ts';
import {
  MAYBE_WRITABLE,
  FIRST_FRAME,
  isExclusive,
  isPoison,
  isSomeFrame,
  LIKELY_WRITABLE,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  NOT_MAPPED,
  READ_ONLY,
  type State,
  SYSTEM,
  WRITABLE,
} from '../../spec/model/state.ts';

type Word = 'unmapped' | 'hole' | 'present' | 'poison' | 'exclusive';

/** A frame by a name that stands for whichever frame the object was first seen on. */
interface FrameShown {
  readonly frame: string;
  readonly write: boolean;
  /** The device that the frame is of, where there are several. */
  readonly device?: number;
}

/** What an entry must show; a list where it may be any of several words. */
export type EntryShown = Word | readonly Word[] | FrameShown;

export const isFrame = (entry: EntryShown): entry is FrameShown =>
  typeof entry === 'object' && 'frame' in entry;

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

/** The names of as many frames as there can be. */
const NAMES_IN_ORDER: readonly string[] = Array.from({ length: 256 }, (_, frame) => frameName(frame));

/** A frame's name as a number; -1 where there is none. */
export const frameNumber = (name: string | undefined): number =>
  name === undefined ? -1 : NAMES_IN_ORDER.indexOf(name);

/** Gives every object on a frame without a name the first name that is free. No rule looks at names. */
export function assignFrameNames(state: State): void {
  for (let object = 1; object < state.objectEnd; object++) {
    const place = state.place[object] ?? SYSTEM;
    if (!state.exists(object) || !isSomeFrame(place)) continue;
    let frame = state.deviceOf(place) * state.scope.frames;
    while (state.holderOf(frame) !== NO_OBJECT) frame++;
    state.setPlace(object, FIRST_FRAME + frame);
  }
}

/** The states that a look may find, where an entry may be of either flavour until somebody looks; `strict` if all SHOULDs are followed. */
export function* settledWritable(state: State, strict: boolean, first = 0): Generator<State> {
  for (let entry = first; entry < state.entry.length; entry++) {
    const object = state.entry[entry] ?? NO_OBJECT;
    const writable = state.writable[entry] ?? READ_ONLY;
    if (object <= NO_OBJECT) continue;
    const keepsWrite = strict && writable === LIKELY_WRITABLE && state.onDevice(object);
    const seen = keepsWrite ? [WRITABLE] : writableSeen(writable, state.onDevice(object));
    for (const settled of seen) {
      const one = state.clone();
      one.writable[entry] = settled;
      yield* settledWritable(one, strict, entry + 1);
    }
    if (seen.length > 0) return;
  }
  yield state;
}

/** What a look may find an entry to be of which it is open; nothing where it is not. */
function writableSeen(writable: number, onDevice: boolean): readonly number[] {
  if (!onDevice) return writable === MAYBE_EXCLUSIVE ? [MAYBE_EXCLUSIVE, READ_ONLY] : [];
  return writable === MAYBE_WRITABLE || writable === LIKELY_WRITABLE ? [WRITABLE, READ_ONLY] : [];
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
  if (isPoison(object)) return 'poison';
  if (object === NO_OBJECT) {
    const mapping = state.mapping[entry] ?? NOT_MAPPED;
    if (mapping === NOT_MAPPED) return 'unmapped';
    if (isCommon(mapping)) return 'present';
    return isFile(mapping) ? ['hole', 'present'] : 'hole';
  }
  const place = state.place[object] ?? SYSTEM;
  const writable = state.writable[entry] ?? READ_ONLY;
  if (place === SYSTEM)
    return isExclusive(writable) || writable === MAYBE_EXCLUSIVE ? 'exclusive' : 'present';
  return {
    frame: frameName(place - FIRST_FRAME),
    write: writable === WRITABLE,
    ...(state.attached.length > 1 && { device: state.deviceOf(place) }),
  };
}
