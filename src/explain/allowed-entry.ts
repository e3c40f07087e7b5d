import { isCommon, isFile } from '../../spec/model/permission.ts';
import {
  FIRST_FRAME,
  isExclusive,
  isPoison,
  isSomeFrame,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  NOT_MAPPED,
  READ_ONLY,
  type State,
  SYSTEM,
  WRITABLE,
} from '../../spec/model/state.ts';
import {
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  UNMAPPED,
} from '../../spec/vocabulary/snapshot.ts';
import { entryInWords } from '../../spec/vocabulary/words.ts';

/** The codes that the reference model allows for one page-table entry. */
export interface AllowedEntry {
  readonly words: string;
  readonly admits: (code: number) => boolean;
}

/** The codes that an entry may have in a state of the model. */
export function allowedEntry(state: State, entry: number): AllowedEntry {
  const object = state.entry[entry] ?? NO_OBJECT;
  const place = object > NO_OBJECT ? (state.place[object] ?? SYSTEM) : SYSTEM;
  if (place === SYSTEM) {
    const wanted = codesOffTheDevice(state, entry, object);
    return { words: wanted.map(entryInWords).join(' or '), admits: (code) => wanted.includes(code) };
  }
  const writable = state.writable[entry] ?? READ_ONLY;
  const writables = writable === READ_ONLY ? 'READ' : writable === WRITABLE ? 'WRITE' : 'READ or WRITE';
  return {
    words: `${writables} entry for ${frameInWords(state, place)}`,
    admits: (code) =>
      isDeviceEntry(code) &&
      isPlace(state, place, frameOf(code)) &&
      !(isWriteEntry(code) && writable === READ_ONLY),
  };
}

function frameInWords(state: State, place: number): string {
  if (!isSomeFrame(place)) return `frame ${place - FIRST_FRAME}`;
  return state.attached.length > 1 ? `a free frame of device ${state.deviceOf(place)}` : 'a free frame';
}

/** Whether an object that is at a place of the model may be on this frame. */
const isPlace = (state: State, place: number, frame: number): boolean =>
  isSomeFrame(place)
    ? state.holderOf(frame) === NO_OBJECT && state.deviceOfFrame(frame) === state.deviceOf(place)
    : place === FIRST_FRAME + frame;

function codesOffTheDevice(state: State, entry: number, object: number): readonly number[] {
  if (object > NO_OBJECT) {
    const writable = state.writable[entry] ?? READ_ONLY;
    if (writable === MAYBE_EXCLUSIVE) return [PRESENT, EXCLUSIVE_ENTRY];
    return [isExclusive(writable) ? EXCLUSIVE_ENTRY : PRESENT];
  }
  if (isPoison(object)) return [POISON];
  const mapping = state.mapping[entry] ?? NOT_MAPPED;
  if (mapping === NOT_MAPPED) return [UNMAPPED];
  if (isCommon(mapping)) return [PRESENT];
  // The target decides when a page of a file is populated.
  return isFile(mapping) ? [UNPOPULATED, PRESENT] : [UNPOPULATED];
}
