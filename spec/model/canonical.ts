import { FIRST_FRAME, NO_OBJECT, type State, WITHHELD } from './state.ts';

/**
 * A key that is equal for equal states and for states that differ only in the numbers of objects. With `rename`,
 * also for states that differ only in the names of frames and of values other than zero, on which no rule depends.
 * Processes and pages keep their names.
 *
 * @example Two migrations in either order leave objects 1 and 2 swapped: the same key.
 */
export function stateKey(state: State, rename = false): string {
  const codes: number[] = [];
  const objectNames = new Map<number, number>();
  const frameNames = new Map<number, number>();
  const folioNames = new Map<number, number>();
  const valueNames = new Map<number, number>([[0, 0]]);
  const value = (item: number): number => (rename ? nameOf(valueNames, item) : item);
  const order: number[] = [];
  const object = (item: number): number => {
    if (item <= NO_OBJECT) return item;
    if (!objectNames.has(item)) order.push(item);
    return nameOf(objectNames, item);
  };
  for (const cell of state.alive) codes.push(cell);
  for (let at = 0; at < state.entry.length; at++) {
    const entry = state.entry[at] ?? 0;
    codes.push(
      state.mapping[at] ?? 0,
      entry < NO_OBJECT ? entry & 0xffff : object(entry),
      (state.writable[at] ?? 0) * 128 + ((state.track[at] ?? 0) & ~WITHHELD),
    );
  }
  for (const cell of state.slot) codes.push(cell > 0 ? object(cell) : cell & 0xffff);
  for (const item of order) {
    const place = state.place[item] ?? 0;
    // The new name of a frame also encodes its device.
    const named =
      rename && place >= FIRST_FRAME
        ? FIRST_FRAME + nameOf(frameNames, place) + state.deviceOf(place) * 256
        : place;
    codes.push(value(state.value[item] ?? 0), named, state.group[item] ?? 0);
    const folio = state.folio[item] ?? 0;
    if (folio !== 0) codes.push(nameOf(folioNames, folio - state.partOf(item)), state.partOf(item));
    else if (state.folio.length > 0) codes.push(0, 0);
  }
  for (const cell of state.common) codes.push(value(cell));
  for (let kind = 0; kind < state.remaining.length; kind++) {
    const left = state.remaining[kind] ?? 0;
    codes.push(left & 0xffff, left === 0 ? 0 : (state.victim[kind] ?? 0) & 0xffff);
  }
  for (const part of [
    state.member,
    state.attached,
    state.closed,
    state.rangeTaken,
    state.limit,
    state.swap,
  ]) {
    for (const cell of part) codes.push(cell);
  }
  return String.fromCharCode(...codes);
}

/** The number of an item. Items are numbered in the order of their first occurrence. */
function nameOf(names: Map<number, number>, item: number): number {
  const known = names.get(item);
  if (known !== undefined) return known;
  names.set(item, names.size + 1);
  return names.size;
}
