import { framesIn } from '../vocabulary/scope.ts';
import { isCommon, mayWrite } from './permission.ts';
import {
  FIRST_FRAME,
  isExclusive,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  NOT_MAPPED,
  READ_FLAVOUR,
  type State,
  WATCHED_STORES,
} from './state.ts';

/** What must be so in every state of the model, whatever led there; those that are not, in words. */
export function brokenInvariants(state: State): readonly string[] {
  const broken: string[] = [];
  const check = (holds: boolean, words: string): void => {
    if (!holds) broken.push(words);
  };
  const { processes, pages, frames } = state.scope;
  const entries = new Map<number, number>();
  let resident = 0;
  for (let at = 0; at < state.entry.length; at++) {
    const object = state.entry[at] ?? NO_OBJECT;
    const mapping = state.mapping[at] ?? NOT_MAPPED;
    const isMapped = mapping !== NOT_MAPPED;
    check(!isMapped || state.alive[Math.floor(at / pages)] === 1, `entry ${at}: mapped in a dead process`);
    check(object === NO_OBJECT || (isMapped && !isCommon(mapping)), `entry ${at}: sees what it cannot`);
    if (object <= NO_OBJECT) continue;
    resident++;
    entries.set(object, (entries.get(object) ?? 0) + 1);
    const flavour = state.flavour[at] ?? READ_FLAVOUR;
    if (isExclusive(flavour) || flavour === MAYBE_EXCLUSIVE) {
      check(!state.onDevice(object), `entry ${at}: exclusive, and on the device`);
      check(state.maps[object] === 1, `entry ${at}: exclusive, and shares its object`);
      continue;
    }
    if (!state.onDevice(object) || flavour === READ_FLAVOUR) continue;
    check(
      ((state.track[at] ?? 0) & WATCHED_STORES) === 0,
      `entry ${at}: may be WRITE, and is watched for stores`,
    );
    check(state.maps[object] === 1, `entry ${at}: may be WRITE, and shares its object`);
    check(mayWrite(mapping), `entry ${at}: may be WRITE in a mapping that is not`);
  }
  const pins = new Map<number, number>();
  for (const held of state.slot) if (held > 0) pins.set(held, (pins.get(held) ?? 0) + 1);
  const places = new Set<number>();
  let existing = 0;
  let onDevice = 0;
  for (let object = 1; object < state.objectEnd; object++) {
    check((state.maps[object] ?? 0) === (entries.get(object) ?? 0), `object ${object}: its entries`);
    check((state.pins[object] ?? 0) === (pins.get(object) ?? 0), `object ${object}: its pins`);
    if (!state.exists(object)) {
      check(!state.onDevice(object), `object ${object}: gone, and on the device`);
      continue;
    }
    existing++;
    if (!state.onDevice(object)) continue;
    onDevice++;
    check(!state.pinned(object), `object ${object}: pinned, and on the device`);
    check((state.maps[object] ?? 0) > 0, `object ${object}: on the device without an entry`);
    const place = state.place[object] ?? 0;
    if (place < FIRST_FRAME) continue;
    check(!places.has(place), `object ${object}: not alone on its frame`);
    check(place - FIRST_FRAME < framesIn(state.scope), `object ${object}: on a frame that there is not`);
    check(state.holderOf(place - FIRST_FRAME) === object, `object ${object}: not known to its frame`);
    places.add(place);
  }
  for (let device = 0; device < state.attached.length; device++) {
    let residents = 0;
    for (let object = 1; object < state.objectEnd; object++) if (state.isOn(object, device)) residents++;
    check(residents <= frames, `device ${device}: more objects than frames`);
    check(state.attached[device] === 1 || residents === 0, `device ${device}: objects, and detached`);
    check(state.hasRoom(device) === residents < frames, `device ${device}: the count of its objects`);
  }
  check(state.onDeviceCount === onDevice, 'the count of objects on the device');
  check(state.objectCount === existing, 'the count of objects');
  let residents = 0;
  for (let process = 0; process < processes; process++) residents += state.residentOf(process);
  check(residents === resident, 'the count of resident pages');
  return broken;
}
