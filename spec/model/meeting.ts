import type { Contender } from '../vocabulary/command.ts';
import { isCommon, isHost } from './permission.ts';
import { NO_OBJECT, type State } from './state.ts';

/** The first entry that a command names, and how many from there on: all of its process for a fork. */
function named(state: State, command: Contender): { readonly first: number; readonly count: number } {
  switch (command.op) {
    case 'fork':
      return { first: state.at(command.process, 0), count: state.scope.pages };
    case 'migrate-to-device':
    case 'migrate-to-system':
      return { first: state.at(command.process, command.page), count: command.count };
    case 'load':
    case 'store':
    case 'unmap':
    case 'discard':
    case 'evict':
      return { first: state.at(command.process, command.page), count: 1 };
  }
}

/** Whether two entries see one page now. */
function areOnePage(state: State, one: number, other: number): boolean {
  const object = state.entry[one] ?? NO_OBJECT;
  return (object > NO_OBJECT && state.entry[other] === object) || areOneMemory(state, one, other);
}

/** Whether what is stored at one entry is loaded at the other. */
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

/** The entries that a command names, those that see the same pages now, and those of the child of a fork. */
export function concernedBy(state: State, command: Contender): readonly number[] {
  const { first, count } = named(state, command);
  const entries: number[] = [];
  if (command.op === 'fork') {
    for (let page = 0; page < state.scope.pages; page++) entries.push(state.at(command.child, page));
  }
  for (let entry = 0; entry < state.entry.length; entry++) {
    for (let at = first; at < first + count; at++) {
      if (!areOnePage(state, entry, at)) continue;
      entries.push(entry);
      break;
    }
  }
  return entries;
}

/** Whether two commands have to do with one page. */
export function meet(state: State, left: Contender, right: Contender): boolean {
  const { first, count } = named(state, right);
  return concernedBy(state, left).some((entry) => entry >= first && entry < first + count);
}

/** The entry that the CPU touches; −1 where the command is no touch. */
export const touchedEntry = (state: State, command: Contender): number =>
  command.op === 'load' || command.op === 'store' ? state.at(command.process, command.page) : -1;
