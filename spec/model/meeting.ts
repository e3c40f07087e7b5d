import type { RaceSide } from '../vocabulary/command.ts';
import { isCommon, isHost, LOCKED, NO_OBJECT, type State } from './state.ts';

function range(first: number, count: number): number[] {
  const numbers: number[] = [];
  for (let index = 0; index < count; index++) numbers.push(first + index);
  return numbers;
}

/** The entries whose page is on a device. */
function entriesOn(state: State, device: number): readonly number[] {
  return range(0, state.entry.length).filter((entry) => {
    const object = state.entry[entry] ?? NO_OBJECT;
    return object > NO_OBJECT && state.isOn(object, device);
  });
}

/** The entries that a command names: all of its process for fork and exit, all on the device for detach and close. */
function named(state: State, command: RaceSide): readonly number[] {
  switch (command.op) {
    case 'fork':
    case 'exit':
      return range(state.at(command.process, 0), state.scope.pages);
    case 'migrate-to-device':
    case 'migrate-to-system':
      return range(state.at(command.process, command.page), command.count);
    case 'move':
      return [...entriesAt(state, command), ...entriesAt(state, { ...command, page: command.to })];
    case 'detach':
    case 'close':
      return entriesOn(state, command.device ?? 0);
    case 'unpin': {
      const held = state.slot[command.slot] ?? 0;
      return range(0, state.entry.length).filter((entry) =>
        held > 0 ? state.entry[entry] === held : held < 0 && isPinnedCommon(state, held, entry),
      );
    }
    case 'unmap':
    case 'discard':
    case 'protect':
      return entriesAt(state, command);
    case 'load':
    case 'store':
    case 'evict':
    case 'device-load':
    case 'device-store':
    case 'pin':
    case 'kernel-load':
    case 'kernel-store':
    case 'peek':
    case 'make-exclusive':
    case 'device-exchange':
      return [state.at(command.process, command.page)];
  }
}

/** A command on one page, or on its whole block. */
interface OnPages {
  readonly process: number;
  readonly page: number;
  readonly whole?: boolean | undefined;
}

/** The entries of the page that a command names, or of its whole block. */
function entriesAt(state: State, { process, page, whole }: OnPages): readonly number[] {
  const entry = state.at(process, page);
  return whole === true ? state.blockOf(entry) : [entry];
}

/** Whether a command on a page or a whole block names an entry. */
export const namesEntry = (state: State, command: OnPages, entry: number): boolean =>
  entriesAt(state, command).includes(entry);

/** Whether a slot that pins host or shared memory pins the memory at an entry. */
function isPinnedCommon(state: State, held: number, entry: number): boolean {
  const mapping = state.mapping[entry] ?? 0;
  const { pages } = state.scope;
  return isCommon(mapping) && -1 - held === (entry % pages) + (isHost(mapping) ? 0 : pages);
}

/** Whether two entries currently map the same page, or pages of one large folio. */
function areOnePage(state: State, one: number, other: number): boolean {
  const object = state.entry[one] ?? NO_OBJECT;
  const mapped = state.entry[other] ?? NO_OBJECT;
  if (object > NO_OBJECT && mapped > NO_OBJECT && (object === mapped || state.isOfFolio(object, mapped)))
    return true;
  return areOneMemory(state, one, other);
}

/** Whether a load at one entry returns a store at the other. */
export function areOneMemory(state: State, one: number, other: number): boolean {
  if (one === other) return true;
  const { mapping } = state;
  const [kind = 0, otherKind = 0] = [mapping[one], mapping[other]];
  const { pages } = state.scope;
  return (
    isCommon(kind) &&
    isCommon(otherKind) &&
    isHost(kind) === isHost(otherKind) &&
    one % pages === other % pages
  );
}

/** Whether a slot pins the memory to which a store at an entry writes. */
export function isPinnedAt(state: State, slot: number, entry: number): boolean {
  const held = state.slot[slot] ?? 0;
  return held > 0 ? state.entry[entry] === held : held < 0 && isPinnedCommon(state, held, entry);
}

/** The entries that a command names, those that currently map the same pages, and those of the child of a fork. */
export function concernedBy(state: State, command: RaceSide): readonly number[] {
  const names = named(state, command);
  const entries: number[] = [];
  if (command.op === 'fork') {
    for (let page = 0; page < state.scope.pages; page++) entries.push(state.at(command.child, page));
  }
  for (let entry = 0; entry < state.entry.length; entry++) {
    if (names.some((at) => areOnePage(state, entry, at))) entries.push(entry);
  }
  return entries;
}

const deviceOf = (command: RaceSide): number => ('device' in command ? (command.device ?? 0) : 0);

/** Whether two commands concern the same page or slot, or one uses a device that the other detaches or closes. */
export function meet(state: State, left: RaceSide, right: RaceSide): boolean {
  const endsADevice = [left, right].some(({ op }) => op === 'detach' || op === 'close');
  if (endsADevice && 'device' in left && 'device' in right && deviceOf(left) === deviceOf(right)) return true;
  const useSlots = (left.op === 'pin' || left.op === 'unpin') && (right.op === 'pin' || right.op === 'unpin');
  if (useSlots && left.slot === right.slot) {
    return left.op === 'pin' || right.op === 'pin' || state.slot[left.slot] !== 0;
  }
  const names = named(state, right);
  return concernedBy(state, left).some((entry) => names.includes(entry));
}

/** How the commands of a race meet in the state before it; the same in all its outcomes. */
export class Meeting {
  /** The entries that concern each command, and those that concern one of them. */
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly either: readonly number[];
  readonly isMet: boolean;

  constructor(state: State, left: RaceSide, right: RaceSide) {
    this.left = concernedBy(state, left);
    this.right = concernedBy(state, right);
    this.either = [...new Set([...this.left, ...this.right])];
    this.isMet = meet(state, left, right);
  }
}

/** The entry for which a command may call page_fault; −1 where it never does. */
export function accessedEntry(state: State, command: RaceSide): number {
  switch (command.op) {
    case 'load':
    case 'store':
    case 'kernel-load':
    case 'kernel-store':
    case 'pin':
    case 'make-exclusive':
    case 'device-load':
    case 'device-store':
      return state.at(command.process, command.page);
    case 'protect': {
      // A locked page that becomes writable may be populated.
      const entry = state.at(command.process, command.page);
      const isLocked = ((state.mapping[entry] ?? 0) & LOCKED) !== 0;
      return isLocked && command.protection === 'write' ? entry : -1;
    }
    case 'fork':
    case 'exit':
    case 'unmap':
    case 'discard':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
    case 'move':
    case 'peek':
    case 'unpin':
    case 'detach':
    case 'close':
    case 'device-exchange':
      return -1;
  }
}
