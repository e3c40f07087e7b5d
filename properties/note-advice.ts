import type { CommandOf } from '../spec/vocabulary/command.ts';
import { HOLE, PRESENT } from '../spec/vocabulary/snapshot.ts';
import type { Books } from './books.ts';
import { isObject } from './contents.ts';
import { isGivenAway, isPrivate, isWatchedForStores } from './mapping-table.ts';

/**
 * Advice that was taken. What may have been dropped is looked up where entries are shown; elsewhere nobody knows: false.
 */
export function noteAdvice(
  books: Books,
  { advice, ...place }: CommandOf<'advise'>,
  before: readonly number[] | undefined,
  after: readonly number[] | undefined,
): boolean {
  const cell = books.cell(place);
  const { memory, mappings } = books;
  const isFree = advice === 'free';
  // On a device, and while a device has it to itself, it means nothing.
  const isInSystem = before === undefined || before[cell] === PRESENT;
  if (isFree && isInSystem && isObject(memory.code(cell))) giveAway(books, cell);
  if ((isFree || advice === 'page-out') && mayGo(books, cell)) {
    const entry = after?.[cell];
    if (entry === undefined || (entry === HOLE && isWatchedForStores(mappings.at(cell)))) return false;
    if (entry === HOLE) discard(books, cell);
  }
  if (advice === 'page-out' && isObject(memory.code(cell))) mappings.pageOut(cell);
  memory.advise(cell);
  return true;
}

/** A page of zeroes goes for all who share it, for it reads as before. */
function giveAway({ mappings, memory }: Books, cell: number): void {
  const code = memory.code(cell);
  const isZero = memory.contents.value(code) === 0;
  for (let at = 0; at < memory.row.length; at++) {
    if (at === cell || (isZero && memory.row[at] === code)) mappings.giveAway(at);
  }
}

/** What a process sees of private memory is gone. */
export function discard(books: Books, cell: number): void {
  const { mappings, memory } = books;
  mappings.discard(cell);
  if (isPrivate(mappings.at(cell))) memory.empty(cell, mappings.at(cell));
}

/** Whether what is here was given away, and nobody has pinned it. */
function mayGo(books: Books, cell: number): boolean {
  const { contents } = books.memory;
  return isGivenAway(books.mappings.at(cell)) && !contents.isPinned(books.memory.code(cell));
}
