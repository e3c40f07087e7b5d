import type { Command, CommandOf, Contender } from '../spec/vocabulary/command.ts';
import type { Answer } from '../spec/vocabulary/result.ts';
import { HOLE, isDeviceEntry, UNMAPPED } from '../spec/vocabulary/snapshot.ts';
import type { Answered, Books } from './books.ts';
import { isObject } from './contents.ts';
import { OOM, SIGBUS } from './injected.ts';
import { discard, noteAdvice } from './note-advice.ts';
import { noteDeviceLoad, noteDeviceStore, noteExchange, noteMakeExclusive } from './note-device-access.ts';
import { noteMigration } from './note-migration.ts';
import { noteProtection } from './note-protection.ts';
import { noteRemoval } from './note-removal.ts';
import { noteRace } from './note-race.ts';
import { noteTouch } from './note-touch.ts';
import { ROAMED } from './traits.ts';

/** Takes note of a command and its answer. False where nobody knows what the memory holds from then on. */
export function note(books: Books, answered: Answered): boolean {
  const { command, result, before } = answered;
  if (result === 'unsupported') return false;
  if (command.op === 'race') {
    books.softDirty?.forgetAll();
    const take1 = (one: Contender, answer: Answer): boolean =>
      take(books, { command: one, result: answer, before, after: undefined });
    return noteRace(books, command, result, take1);
  }
  books.softDirty?.note(command, result);
  const isKnown = take(books, answered);
  books.exclusives.note(command, result, books.mappings.row);
  return isKnown;
}

function take(books: Books, answered: Answered): boolean {
  const { command, result, before, after } = answered;
  switch (command.op) {
    case 'load':
    case 'store':
    case 'pin':
    case 'kernel-load':
    case 'kernel-store':
    case 'populate':
    case 'lock':
      return noteTouch(books, command, result, answered);
    case 'device-load':
      noteDeviceLoad(books, command, result);
      return true;
    case 'device-store':
      return result !== 'ok' || noteDeviceStore(books, command, before);
    case 'make-exclusive':
      return result !== 'ok' || noteMakeExclusive(books, command);
    case 'device-exchange':
      return typeof result !== 'number' || noteExchange(books, command);
    case 'unpin':
      if (result !== 'EINVAL') books.memory.unpin(command.slot);
      return true;
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
      return noteMigration(books, command, result);
    case 'evict-all':
      if ((books.injected.active & (SIGBUS | OOM)) === 0) books.memory.allBack(command.device ?? 0);
      return true;
    case 'detach':
      if (result === 'ok') books.memory.allBack(command.device ?? 0);
      books.devices = books.devices.after(command, result);
      return true;
    case 'surprise-remove':
      return noteRemoval(books, command, answered);
    case 'attach':
    case 'close':
    case 'open':
    case 'hot-add':
      books.devices = books.devices.after(command, result);
      return true;
    case 'discard':
      if (result === 'ok') discard(books, books.cell(command));
      return result === 'ok' || result === 'EINVAL';
    case 'advise':
      return result === 'EINVAL' || (result === 'ok' && noteAdvice(books, command, before, after));
    case 'protect':
      return result === 'ok' && noteProtection(books, command, after);
    case 'join':
      join(books, command, before);
      return result === 'ok';
    case 'peek':
    case 'page-map':
    case 'residency':
    case 'smaps':
    case 'charge':
    case 'soft-dirty':
    case 'swap-on':
      return true;
    default:
      arrange(books, command);
      return result === 'ok';
  }
}

/** Whether a watch for stores holds where this content is. */
const isWatchable = (books: Books, code: number): boolean =>
  isObject(code) || (code === HOLE && books.watchesUnpopulated);

/** The commands that always answer ok. */
function arrange(books: Books, command: Command): void {
  const { mappings, memory } = books;
  switch (command.op) {
    case 'spawn':
      books.charges.spawn(command.process);
      return;
    case 'fork':
      books.charges.fork(command.process, command.child);
      memory.fork(command.process, command.child, books.profile.forkCopiesPinned, mappings.row);
      mappings.fork(command.process, command.child);
      keepCopies(books, command);
      return;
    case 'exit':
      mappings.exit(command.process);
      memory.exit(command.process);
      return;
    case 'map': {
      const cell = books.cell(command);
      mappings.map(cell, command.kind, command.protection);
      memory.empty(cell, mappings.at(cell));
      return;
    }
    case 'unmap':
      mappings.unmap(books.cell(command));
      memory.unmap(books.cell(command));
      return;
    case 'move': {
      const to = books.cell({ process: command.process, page: command.to });
      mappings.move(books.cell(command), to, command.keep);
      memory.move(books.cell(command), to, command.keep ? HOLE : UNMAPPED);
      return;
    }
    case 'inherit':
      mappings.inherit(books.cell(command), command.inheritance);
      return;
    case 'unlock':
      mappings.lock(books.cell(command), false);
      return;
    case 'watch':
      mappings.watch(
        books.cell(command),
        command.watch,
        isWatchable(books, memory.code(books.cell(command))),
      );
      return;
    case 'limit':
      books.charges.limit(command.group, command.pages);
      return;
    case 'inject':
      books.injected.inject(command);
      return;
    case 'heal':
      books.injected.heal();
      return;
    default:
      return;
  }
}

/** Of what is pinned the child may have a copy: that is its own. */
function keepCopies(books: Books, { process, child }: CommandOf<'fork'>): void {
  const { mappings, memory } = books;
  for (let page = 0; page < books.pages; page++) {
    const its = books.cell({ process: child, page });
    if (memory.code(its) !== memory.code(books.cell({ process, page }))) mappings.keep(its);
  }
}

function join(
  books: Books,
  { process, group }: CommandOf<'join'>,
  before: readonly number[] | undefined,
): void {
  const { memory, charges } = books;
  const { contents } = memory;
  const isReal = charges.join(process, group);
  for (let cell = process * books.pages; cell < (process + 1) * books.pages; cell++) {
    const code = memory.code(cell);
    if (!isObject(code)) continue;
    const entry = before?.[cell];
    const isInSystemMemory =
      entry === undefined ? (contents.traits(code) & ROAMED) === 0 : !isDeviceEntry(entry);
    charges.mayFollow(code, group, isReal && contents.isSole(code), isInSystemMemory);
  }
}
