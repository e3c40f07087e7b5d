import { isHost } from '../../spec/model/permission.ts';
import {
  FIRST_FRAME,
  NO_OBJECT,
  NOT_MAPPED,
  POISONED,
  READ_FLAVOUR,
  isSomeFrame,
  type State,
  SYSTEM,
  WRITE_FLAVOUR,
} from '../../spec/model/state.ts';
import {
  frameOf,
  HOLE,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  UNMAPPED,
} from '../../spec/vocabulary/snapshot.ts';
import { entryInWords } from '../../spec/vocabulary/words.ts';

/** What the reference model allows one entry of a page table to be. */
export interface AllowedEntry {
  readonly words: string;
  readonly admits: (code: number) => boolean;
}

/** What an entry may be in a state of the model. */
export function allowedEntry(state: State, entry: number): AllowedEntry {
  const object = state.entry[entry] ?? NO_OBJECT;
  const place = object > NO_OBJECT ? (state.place[object] ?? SYSTEM) : SYSTEM;
  if (place === SYSTEM) {
    const wanted = codeOffTheDevice(object, state.mapping[entry] ?? NOT_MAPPED);
    return { words: entryInWords(wanted), admits: (code) => code === wanted };
  }
  const flavour = state.flavour[entry] ?? READ_FLAVOUR;
  const frame = isSomeFrame(place) ? undefined : place - FIRST_FRAME;
  const flavours = flavour === READ_FLAVOUR ? 'READ' : flavour === WRITE_FLAVOUR ? 'WRITE' : 'READ or WRITE';
  return {
    words: `${flavours} entry for ${frame === undefined ? 'a free frame' : `frame ${frame}`}`,
    admits: (code) =>
      isDeviceEntry(code) &&
      (frame === undefined ? state.holderOf(frameOf(code)) === NO_OBJECT : frameOf(code) === frame) &&
      !(isWriteEntry(code) && flavour === READ_FLAVOUR),
  };
}

function codeOffTheDevice(object: number, mapping: number): number {
  if (object > NO_OBJECT) return PRESENT;
  if (object === POISONED) return POISON;
  if (mapping === NOT_MAPPED) return UNMAPPED;
  return isHost(mapping) ? PRESENT : HOLE;
}
