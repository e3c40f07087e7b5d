import type { CommandOf } from '../spec/vocabulary/command.ts';
import { isVector, type Result } from '../spec/vocabulary/result.ts';
import { HOLE } from '../spec/vocabulary/snapshot.ts';
import type { Books } from './books.ts';
import { isObject } from './contents.ts';

type Migration = CommandOf<'migrate-to-device' | 'migrate-to-system' | 'evict'>;

/** What a migration or an eviction moved. False where it cannot have moved that. */
export function noteMigration(books: Books, command: Migration, result: Result): boolean {
  const count = command.op === 'evict' ? 1 : command.count;
  if (!isVector(result) || result.length !== count) return false;
  const first = books.cell(command);
  for (let i = 0; i < count; i++) {
    if (result[i] === 'skipped') continue;
    const cell = first + i;
    if (command.op === 'migrate-to-device') {
      const device = command.device ?? 0;
      if (!books.devices.isUsable(device) || !mayMove(books, cell)) return false;
      books.memory.sent(cell, device);
    } else {
      if (books.memory.code(cell) === HOLE || !mayMove(books, cell)) return false;
      books.memory.returned(cell);
    }
  }
  return true;
}

/** Whether there could be anything to move, as far as answers tell. */
function mayMove(books: Books, cell: number): boolean {
  const code = books.memory.code(cell);
  if (code === HOLE) return !books.isTrapped(cell, false);
  return isObject(code) && !books.memory.contents.isPinned(code);
}
