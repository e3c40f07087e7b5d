import type { Profile } from '../spec/profiles/profile.ts';
import {
  type Command,
  type CommandOf,
  type OpWithEffects,
  type PageCommand,
  SPECS,
} from '../spec/vocabulary/command.ts';
import { isVector, type Result } from '../spec/vocabulary/result.ts';
import { UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import { isObject, ROAMED } from './contents.ts';
import { type ExclusiveEntries, NOT_EXCLUSIVE } from './exclusive-entries.ts';
import type { FlatMemory } from './flat-memory.ts';
import { isInherited, type MappingTable, mayPopulate, mayWrite, zeros } from './mapping-table.ts';

/** The required result for a page: either one, or the one that is certain. */
export const EITHER = 0;
export const KNOWN_CLEAN = 1;
export const KNOWN_DIRTY = 2;

/** The state of the pages of a case before a command. */
interface Before {
  readonly mappings: MappingTable;
  readonly memory: FlatMemory;
  readonly exclusives: ExclusiveEntries;
}

/** The pages that are certainly clean and the pages that are certainly dirty. */
export class SoftDirty {
  readonly #profile: Profile;
  readonly #pages: number;
  readonly #before: Before;
  readonly #row: number[];

  constructor(profile: Profile, processes: number, pages: number, before: Before) {
    this.#profile = profile;
    this.#pages = pages;
    this.#before = before;
    this.#row = zeros(processes * pages);
  }

  at(cell: number): number {
    return this.#row[cell] ?? EITHER;
  }

  /** Records a command and its result, before the rest of the shadow state does. */
  note(command: Command, result: Result): void {
    const migratesBack = mayMigrateBack(command) || this.#mayPopulate(command);
    if (!this.#profile.tracksThroughMigration && migratesBack) this.#forgetRoamed();
    switch (command.op) {
      case 'map':
        this.#row[this.#cell(command)] = KNOWN_DIRTY;
        return;
      case 'store':
      case 'kernel-store':
        this.#store(this.#cell(command), result);
        return;
      case 'load':
      case 'kernel-load':
      case 'device-load':
        if (this.#mayBeExclusive(this.#cell(command))) this.#forget(this.#cell(command));
        return;
      case 'move':
        this.#forget(this.#cell(command));
        this.#forget(this.#cell({ process: command.process, page: command.to }));
        return;
      case 'unpin':
        this.#unpin(command.slot);
        return;
      case 'protect':
        if (this.#mayPopulate(command)) this.#forget(this.#cell(command));
        else this.#rearrange(this.#cell(command));
        return;
      case 'migrate-to-device':
      case 'migrate-to-system':
        this.#migrate(this.#cell(command), result);
        return;
      case 'clear-soft-dirty':
        if (result === 'ok') this.#clear(command.process);
        return;
      case 'surprise-remove':
        this.forgetAll();
        return;
      case 'fork':
        this.#fork(command.process, command.child);
        return;
      case 'exit':
        this.#fill(command.process, EITHER);
        return;
      case 'race':
        return;
      default:
        command satisfies PageCommand | CommandOf<OpWithEffects<{ softDirty: 'keeps' }>>;
        if ('page' in command && SPECS[command.op].effects.softDirty === 'may-change') {
          this.#forget(this.#cell(command));
        }
    }
  }

  #mayPopulate(command: Command): boolean {
    if (command.op !== 'protect') return false;
    return mayPopulate(this.#before.mappings.at(this.#cell(command)), command.protection);
  }

  /** No page is certain any more. */
  forgetAll(): void {
    this.#row.fill(EITHER);
  }

  #store(cell: number, result: Result): void {
    if (result === 'ok') this.#row[cell] = KNOWN_DIRTY;
    else if (mayWrite(this.#before.mappings.at(cell))) this.#forget(cell);
  }

  /** Fork and protect keep a page clean, and keep it dirty if it has never been on a device. */
  #rearrange(cell: number): void {
    const { memory } = this.#before;
    const hasRoamed = (memory.contents.traits(memory.code(cell)) & ROAMED) !== 0;
    if (this.#mayBeExclusive(cell) || (hasRoamed && this.at(cell) === KNOWN_DIRTY)) this.#forget(cell);
  }

  #fork(parent: number, child: number): void {
    const { mappings, memory } = this.#before;
    for (let page = 0; page < this.#pages; page++) {
      const cell = this.#cell({ process: parent, page });
      // Pages that the child does not inherit are new to it.
      const isWithheld = !isInherited(mappings.at(cell));
      const isCopied = isWithheld || memory.contents.isPinned(memory.code(cell));
      const isClean = this.at(cell) === KNOWN_CLEAN && !isCopied && !this.#mayBeExclusive(cell);
      this.#rearrange(cell);
      this.#row[this.#cell({ process: child, page })] = isClean ? KNOWN_CLEAN : EITHER;
    }
  }

  /** A pinned page may stay dirty. */
  #clear(process: number): void {
    const { memory } = this.#before;
    for (let page = 0; page < this.#pages; page++) {
      const cell = this.#cell({ process, page });
      const isSpared = memory.contents.isPinned(memory.code(cell)) && this.at(cell) !== KNOWN_CLEAN;
      this.#row[cell] = isSpared ? EITHER : KNOWN_CLEAN;
    }
  }

  /** A clean unpopulated page may become dirty when it moves, and so may a page that a device had exclusively. */
  #migrate(first: number, result: Result): void {
    if (!isVector(result)) return;
    for (let i = 0; i < result.length; i++) {
      const cell = first + i;
      if (result[i] !== 'moved') continue;
      if (!this.#profile.tracksThroughMigration) this.#forgetContent(this.#before.memory.code(cell));
      const isFilled = this.#before.memory.code(cell) === UNPOPULATED && this.at(cell) === KNOWN_CLEAN;
      if (isFilled || this.#mayBeExclusive(cell)) this.#forget(cell);
    }
  }

  #unpin(slot: number): void {
    const pinned = this.#before.memory.pins[slot] ?? 0;
    this.#forgetContent(pinned);
  }

  #mayBeExclusive(cell: number): boolean {
    return this.#before.exclusives.at(cell) !== NOT_EXCLUSIVE;
  }

  /** Where moves are not tracked, a page that could have been on a device may have moved. */
  #forgetRoamed(): void {
    const { memory } = this.#before;
    for (let cell = 0; cell < this.#row.length; cell++) {
      if ((memory.contents.traits(memory.code(cell)) & ROAMED) !== 0) this.#forget(cell);
    }
  }

  #forgetContent(code: number): void {
    if (!isObject(code)) return;
    const { row } = this.#before.memory;
    for (let cell = 0; cell < row.length; cell++) if (row[cell] === code) this.#forget(cell);
  }

  #forget(cell: number): void {
    this.#row[cell] = EITHER;
  }

  #fill(process: number, state: number): void {
    this.#row.fill(state, process * this.#pages, (process + 1) * this.#pages);
  }

  #cell({ process, page }: { readonly process: number; readonly page: number }): number {
    return process * this.#pages + page;
  }
}

/** Whether the command may migrate pages to system memory. */
export function mayMigrateBack(command: Command): boolean {
  if (command.op === 'race') return false;
  const { migratesBack } = SPECS[command.op].effects;
  return migratesBack === 'any' || migratesBack === 'named';
}
