import type { CommandOf } from '../spec/vocabulary/command.ts';
import { HOLE, isDeviceEntry, POISON } from '../spec/vocabulary/snapshot.ts';
import type { Books } from './books.ts';
import { isObject } from './contents.ts';
import { SIGBUS } from './injected.ts';
import { mayPopulate } from './mapping-table.ts';

/**
 * A change of protection. It changes no content; but a locked page that becomes writable may be populated for that, and
 * the answer does not say so. False where nobody knows what the memory holds from then on.
 */
export function noteProtection(
  books: Books,
  command: CommandOf<'protect'>,
  after: readonly number[] | undefined,
): boolean {
  const cell = books.cell(command);
  const populates = mayPopulate(books.mappings.at(cell), command.protection);
  books.mappings.protect(cell, command.protection);
  return !populates || notePopulated(books, cell, after?.[cell]);
}

function notePopulated(books: Books, cell: number, entry: number | undefined): boolean {
  const { memory } = books;
  const code = memory.code(cell);
  if (code === POISON) return true;
  if (entry === undefined) {
    const mayBeLost = books.profile.failedFaultPoisons && (books.injected.active & SIGBUS) !== 0;
    if (mayBeLost || !isObject(code) || !memory.contents.isSole(code)) return false;
  } else if (entry === POISON) {
    memory.poison(cell);
    return true;
  } else if (entry === HOLE || isDeviceEntry(entry)) {
    return true;
  } else if (isObject(code) && !memory.contents.isSole(code)) {
    // Whether the sharing was broken, nobody can tell.
    return false;
  } else {
    memory.own(cell);
  }
  memory.touched(cell);
  return true;
}
