import {
  FIRST_FRAME,
  isCommon,
  isExclusive,
  isFile,
  isPoison,
  isSomeFrame,
  LIKELY_WRITABLE,
  MAYBE_EXCLUSIVE,
  MAYBE_WRITABLE,
  NO_OBJECT,
  NOT_MAPPED,
  READ_ONLY,
  type State,
  SYSTEM,
  WRITABLE,
} from '../../spec/model/state.ts';

type Word = 'unmapped' | 'hole' | 'present' | 'poison' | 'exclusive';

/** A device entry. Its frame is a name, which stands for the frame that the object is first observed on. */
interface FrameShown {
  readonly frame: string;
  readonly write: boolean;
  /** The device of the frame, if there are several. */
  readonly device?: number;
}

/** An entry of a snapshot; a list of words if it may be any of them. */
export type EntryShown = Word | readonly Word[] | FrameShown;

export const isFrame = (entry: EntryShown): entry is FrameShown =>
  typeof entry === 'object' && 'frame' in entry;

/** A state as a snapshot shows it. */
export interface AllowedState {
  /** A row for each process, an item for each page. Left out if no snapshot is expected. */
  readonly entries?: readonly (readonly EntryShown[])[];
  readonly rss?: readonly number[];
  readonly charged?: number;
}

const LETTERS = 26;

/** A, B, … Z, A1, B1, … */
export const frameName = (frame: number): string =>
  `${String.fromCharCode(65 + (frame % LETTERS))}${frame < LETTERS ? '' : Math.floor(frame / LETTERS)}`;

/** The names of the largest number of frames. */
const NAMES_IN_ORDER: readonly string[] = Array.from({ length: 256 }, (_, frame) => frameName(frame));

/** The number of a frame's name; -1 for no name. */
export const frameNumber = (name: string | undefined): number =>
  name === undefined ? -1 : NAMES_IN_ORDER.indexOf(name);

/** Gives every object on a frame without a name the first free name. No rule depends on names. */
export function assignFrameNames(state: State): void {
  for (let object = 1; object < state.objectEnd; object++) {
    const place = state.place[object] ?? SYSTEM;
    if (!state.exists(object) || !isSomeFrame(place)) continue;
    let frame = state.deviceOf(place) * state.scope.frames;
    while (state.holderOf(frame) !== NO_OBJECT) frame++;
    state.setPlace(object, FIRST_FRAME + frame);
  }
}

/**
 * The states that a snapshot may show, if entries may be writable or not until it is taken.
 *
 * @param strict whether all SHOULDs are followed
 */
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

/** The values that a snapshot may show for an entry whose value is open; none if it is not open. */
function writableSeen(writable: number, onDevice: boolean): readonly number[] {
  if (!onDevice) return writable === MAYBE_EXCLUSIVE ? [MAYBE_EXCLUSIVE, READ_ONLY] : [];
  return writable === MAYBE_WRITABLE || writable === LIKELY_WRITABLE ? [WRITABLE, READ_ONLY] : [];
}

/** The state as a snapshot shows it, if one is expected. */
export function shownIn(state: State, snapshot: boolean): AllowedState {
  if (!snapshot) return {};
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
