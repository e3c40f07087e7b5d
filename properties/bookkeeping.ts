import type { Command, CommandOf, Contender } from '../spec/vocabulary/command.ts';
import type { Answer, Result } from '../spec/vocabulary/result.ts';
import { HOLE, isDeviceEntry, UNMAPPED } from '../spec/vocabulary/snapshot.ts';
import type { Books } from './books.ts';
import { isObject } from './contents.ts';
import { OOM, SIGBUS } from './injected.ts';
import { isPrivate, isWatchedForStores } from './mapping-table.ts';
import { noteDeviceLoad, noteDeviceStore, noteExchange, noteMakeExclusive } from './note-device-access.ts';
import { noteMigration } from './note-migration.ts';
import { noteRace } from './note-race.ts';
import { noteTouch } from './note-touch.ts';
import { FREED, ROAMED } from './traits.ts';

/** A command, its answer, and the entries before and after it where they were shown. */
interface Answered {
  readonly command: Command;
  readonly result: Result;
  readonly before: readonly number[] | undefined;
  readonly after: readonly number[] | undefined;
}

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
  books.exclusives.note(command, result);
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
      return noteTouch(books, command, result);
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
      return result === 'EINVAL' || (result === 'ok' && advise(books, command, after));
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

/** The commands that always answer ok. */
function arrange(books: Books, command: Command): void {
  const { mappings, memory } = books;
  switch (command.op) {
    case 'spawn':
      books.charges.spawn(command.process);
      return;
    case 'fork':
      books.charges.fork(command.process, command.child);
      mappings.fork(command.process, command.child);
      memory.fork(command.process, command.child, books.profile.forkCopiesPinned);
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
    case 'protect':
      mappings.protect(books.cell(command), command.protection);
      return;
    case 'move': {
      const to = books.cell({ process: command.process, page: command.to });
      mappings.move(books.cell(command), to, command.keep);
      memory.move(books.cell(command), to, command.keep ? HOLE : UNMAPPED);
      return;
    }
    case 'unlock':
      mappings.lock(books.cell(command), false);
      return;
    case 'watch':
      mappings.watch(books.cell(command), command.watch, isObject(memory.code(books.cell(command))));
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

function discard(books: Books, cell: number): void {
  books.mappings.discard(cell);
  if (isPrivate(books.mappings.at(cell))) books.memory.empty(cell, books.mappings.at(cell));
}

/** What may have been dropped is looked up where entries are shown; elsewhere nobody knows. */
function advise(
  books: Books,
  { advice, ...place }: CommandOf<'advise'>,
  after: readonly number[] | undefined,
): boolean {
  const cell = books.cell(place);
  const { memory } = books;
  if (advice === 'page-out' && mayBeDropped(books, cell)) {
    const entry = after?.[cell];
    if (entry === undefined || (entry === HOLE && isWatchedForStores(books.mappings.at(cell)))) return false;
    if (entry === HOLE) discard(books, cell);
  }
  memory.advise(cell, advice === 'free');
  return true;
}

/** Whether a page-out may drop what is here. */
function mayBeDropped(books: Books, cell: number): boolean {
  const { contents } = books.memory;
  const code = books.memory.code(cell);
  return (contents.traits(code) & FREED) !== 0 && contents.isSole(code) && !contents.isPinned(code);
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
