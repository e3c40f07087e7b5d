import type { CommandOf } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { isDeviceEntry, isWriteEntry, POISON, PRESENT } from '../spec/vocabulary/snapshot.ts';
import type { Books } from './books.ts';
import { isObject } from './contents.ts';
import { NOT_EXCLUSIVE } from './exclusive-entries.ts';
import { isMapped, mayWrite } from './mapping-table.ts';
import { EXCHANGED, homeOf, ROAMED, WRITTEN_BY_DEVICE } from './traits.ts';

/** From some profile on, a page that another device reads comes back first. */
export function noteDeviceLoad(books: Books, command: CommandOf<'device-load'>, result: Result): void {
  const cell = books.cell(command);
  const home = homeOf(books.memory.contents.traits(books.memory.code(cell)));
  const isForeign = home !== undefined && home !== (command.device ?? 0);
  if (isForeign && books.profile.foreignAccessFaults && typeof result === 'number')
    books.memory.touched(cell);
}

/** A device store that was answered ok. False where it cannot have been. */
export function noteDeviceStore(
  books: Books,
  command: CommandOf<'device-store'>,
  before: readonly number[] | undefined,
): boolean {
  const cell = books.cell(command);
  if (!letsDeviceWrite(books, command)) return false;
  const { memory } = books;
  const code = memory.code(cell);
  const entry = before?.[cell];
  const isInPlace = entry === PRESENT || (entry !== undefined && isDeviceEntry(entry) && isWriteEntry(entry));
  if (isObject(code) && !isInPlace) books.charges.mayHaveMade(code, command.process);
  if (homeOf(memory.contents.traits(code)) !== (command.device ?? 0)) memory.touched(cell);
  books.mappings.keep(cell);
  memory.write(cell, command.value, WRITTEN_BY_DEVICE | ROAMED);
  return true;
}

/** The same of exclusive access. */
export function noteMakeExclusive(books: Books, command: CommandOf<'make-exclusive'>): boolean {
  if (!letsDeviceWrite(books, command)) return false;
  const cell = books.cell(command);
  books.memory.touched(cell);
  books.memory.own(cell);
  books.mappings.keep(cell);
  return true;
}

/** The same of an exchange that was answered with a value. */
export function noteExchange(books: Books, command: CommandOf<'device-exchange'>): boolean {
  const cell = books.cell(command);
  if (!letsDeviceWrite(books, command) || books.exclusives.at(cell) === NOT_EXCLUSIVE) return false;
  books.memory.write(cell, command.value, WRITTEN_BY_DEVICE | EXCHANGED);
  return true;
}

/** Whether the device may use the page, and finds something to write to that is not watched. */
function letsDeviceWrite(
  books: Books,
  command: CommandOf<'device-store' | 'make-exclusive' | 'device-exchange'>,
): boolean {
  const cell = books.cell(command);
  const mapping = books.mappings.at(cell);
  if (!books.devices.isUsable(command.device ?? 0) || books.memory.code(cell) === POISON) return false;
  return isMapped(mapping) && mayWrite(mapping) && !books.isTrapped(cell, true);
}
