import type { CommandOf } from '../spec/vocabulary/command.ts';
import { HOLE, PRESENT } from '../spec/vocabulary/snapshot.ts';
import type { Books } from './books.ts';
import { isObject } from './contents.ts';
import type { Step } from './step.ts';
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
    if (entry === HOLE) dropForAll(books, cell, after);
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

/** Whether another entry has gone with the one that was advised about: it shared a page of zeroes, and said the same of it. */
export function isDroppedToo(step: Step<CommandOf<'advise'>>, at: number): boolean {
  const { after, before, code, command, mappingsBefore, rowBefore, value } = step;
  if (value !== 0 || !isObject(code) || rowBefore[at] !== code) return false;
  const isGiven = command.advice === 'free' || isGivenAway(mappingsBefore[at] ?? 0);
  return isGiven && before?.[at] === PRESENT && after?.[at] === HOLE && after[step.cell] === HOLE;
}

/** Whoever else has lost the page with this one shared a page of zeroes. */
function dropForAll(books: Books, cell: number, after: readonly number[] | undefined): void {
  const { memory } = books;
  const code = memory.code(cell);
  const isZero = memory.contents.value(code) === 0;
  for (let at = 0; at < memory.row.length; at++) {
    const isShared = at !== cell && isZero && memory.code(at) === code && isGivenAway(books.mappings.at(at));
    if (isShared && after?.[at] === HOLE) discard(books, at);
  }
  discard(books, cell);
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
