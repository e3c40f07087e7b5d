import { pinsForReading } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { HOLE, POISON } from '../spec/vocabulary/snapshot.ts';
import type { Answered, Books } from './books.ts';
import { isFilePage, isObject } from './contents.ts';
import { NO_PIN } from './flat-memory.ts';
import { OOM, SIGBUS } from './injected.ts';
import { isPrivate } from './mapping-table.ts';
import { gotThrough, lost, noMemory, permits, type Touch, writes } from './touch-kinds.ts';
import { WRITTEN_BY_KERNEL } from './traits.ts';

/** What a touch makes of memory. False where nobody knows what it holds from then on. */
export function noteTouch(books: Books, command: Touch, result: Result, seen: Answered): boolean {
  const { memory, mappings } = books;
  const cell = books.cell(command);
  const mapping = mappings.at(cell);
  const code = memory.code(cell);
  const works =
    permits(command, mapping) &&
    code !== POISON &&
    (command.op !== 'pin' || memory.pins[command.slot] === NO_PIN);
  if (command.op === 'lock') mappings.lock(cell, true);
  // At a limit it is not known which of the two it was.
  if (works && result === noMemory(command) && !books.charges.isLimited) books.injected.struck(OOM);
  if (result === lost(command)) {
    if (works && isObject(code)) lose(books, cell);
    return true;
  }
  if (!gotThrough(command, result)) return true;
  if (command.op === 'load' || command.op === 'kernel-load') {
    memory.touched(cell);
    mappings.pageIn(cell);
    return true;
  }
  if (!works || (writes(command, mapping) && books.isTrapped(cell, true))) return false;
  memory.touched(cell);
  mappings.pageIn(cell);
  // A pin is no write: whoever writes by it has to say so.
  if (writes(command, mapping) && command.op !== 'pin') mappings.keep(cell);
  switch (command.op) {
    case 'store':
      memory.write(cell, command.value);
      return true;
    case 'kernel-store':
      memory.write(cell, command.value, WRITTEN_BY_KERNEL);
      return true;
    case 'pin':
      if (pinsForReading(command)) {
        const own = makesOwn(books, cell, seen);
        if (own === undefined) return false;
        memory.pinForReading(cell, command.slot, own);
      } else memory.pin(cell, command.slot);
      if (memory.code(cell) !== code) mappings.keep(cell);
      return true;
    default:
      memory.populate(cell, writes(command, mapping));
      return true;
  }
}

/**
 * Whether a pin for reading gives its process a page of its own: of one that is shared, where the profile says so; of
 * what is none, as the target likes, and undefined where it does not show which.
 */
function makesOwn(books: Books, cell: number, { after, state, stateBefore }: Answered): boolean | undefined {
  const { memory, profile, pages } = books;
  const code = memory.code(cell);
  if (isObject(code)) return profile.readPinUnshares && !memory.contents.isSole(code);
  if (code === HOLE && after !== undefined) return after[cell] !== HOLE;
  if (code !== HOLE && !isFilePage(code)) return false;
  const process = Math.trunc(cell / pages);
  const [was, is] = [stateBefore?.rss?.[process], state?.rss?.[process]];
  return was === undefined || is === undefined ? undefined : is > was;
}

/** The page that was touched could not be brought back. */
function lose(books: Books, cell: number): void {
  books.injected.struck(SIGBUS);
  if (books.profile.failedFaultPoisons && isPrivate(books.mappings.at(cell))) books.memory.poison(cell);
}
