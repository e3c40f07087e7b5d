import {
  type Command,
  type CommandOf,
  type OpWithEffects,
  type PageCommand,
  SPECS,
} from '../spec/vocabulary/command.ts';
import { isVector, type Result } from '../spec/vocabulary/result.ts';
import { isInherited, type Mapping, zeros } from './mapping-table.ts';

/** Whether an entry is exclusive: it is not, it may be, or it certainly is. */
export const NOT_EXCLUSIVE = 0;
const PERHAPS_EXCLUSIVE = 1;
export const IS_EXCLUSIVE = 2;

/** The pages with an exclusive entry, as far as commands and results tell. */
export class ExclusiveEntries {
  readonly #pages: number;
  readonly #row: number[];
  /** By page: the device that had exclusive access last. */
  readonly #owners: number[];
  /** Whether any entry was ever exclusive. */
  any = false;

  constructor(processes: number, pages: number) {
    this.#pages = pages;
    this.#row = zeros(processes * pages);
    this.#owners = zeros(processes * pages);
  }

  at(cell: number): number {
    return this.any ? (this.#row[cell] ?? NOT_EXCLUSIVE) : NOT_EXCLUSIVE;
  }

  /** The same as seen by one device: exclusive access of another device may or may not help it. */
  atFor(cell: number, device: number): number {
    const state = this.at(cell);
    return state === IS_EXCLUSIVE && this.#owners[cell] !== device ? PERHAPS_EXCLUSIVE : state;
  }

  /** Records a command and its result. */
  note(command: Command, result: Result, mappings: readonly Mapping[]): void {
    if (command.op === 'make-exclusive' && result === 'ok') {
      this.any = true;
      this.#row[this.#cell(command)] = IS_EXCLUSIVE;
      this.#owners[this.#cell(command)] = command.device ?? 0;
    } else if (this.any) this.#end(command, result, mappings);
  }

  /** Exclusive entries become uncertain, because the order of the accesses is unknown. */
  makeAllUncertain(): void {
    for (let cell = 0; cell < this.#row.length; cell++) this.#makeUncertain(cell);
  }

  #end(command: Command, result: Result, mappings: readonly Mapping[]): void {
    switch (command.op) {
      case 'load':
      case 'store':
      case 'pin':
      case 'kernel-load':
      case 'kernel-store':
      case 'populate':
      case 'lock':
        // An access that is not permitted revokes no exclusive entry; one that is trapped may have revoked it.
        if (result === 'trapped' || result === 'SIGSEGV' || result === 'EFAULT' || result === 'EBUSY') {
          this.#makeUncertain(this.#cell(command));
        } else this.#row[this.#cell(command)] = NOT_EXCLUSIVE;
        return;
      case 'unmap':
      case 'discard':
        if (result === 'ok') this.#row[this.#cell(command)] = NOT_EXCLUSIVE;
        return;
      case 'move':
        this.#move(this.#cell(command), this.#cell({ process: command.process, page: command.to }));
        return;
      case 'migrate-to-device':
        if (!isVector(result)) return;
        for (let i = 0; i < result.length; i++) {
          if (result[i] === 'moved') this.#row[this.#cell(command) + i] = NOT_EXCLUSIVE;
        }
        return;
      case 'fork':
        this.#fork(command.process, mappings);
        this.#clear(command.child);
        return;
      case 'exit':
        this.#clear(command.process);
        return;
      case 'race':
        return;
      default:
        command satisfies PageCommand | CommandOf<OpWithEffects<{ exclusive: 'keeps' }>>;
        if ('page' in command && SPECS[command.op].effects.exclusive === 'may-end') {
          this.#makeUncertain(this.#cell(command));
        }
    }
  }

  /** An entry that the child inherits is no longer exclusive; an entry that it does not inherit may stay exclusive. */
  #fork(parent: number, mappings: readonly Mapping[]): void {
    for (let cell = parent * this.#pages; cell < (parent + 1) * this.#pages; cell++) {
      if (isInherited(mappings[cell] ?? 0)) this.#row[cell] = NOT_EXCLUSIVE;
      else this.#makeUncertain(cell);
    }
  }

  #move(from: number, to: number): void {
    this.#row[to] = this.at(from);
    this.#owners[to] = this.#owners[from] ?? 0;
    this.#makeUncertain(to);
    this.#row[from] = NOT_EXCLUSIVE;
  }

  #makeUncertain(cell: number): void {
    if (this.#row[cell] === IS_EXCLUSIVE) this.#row[cell] = PERHAPS_EXCLUSIVE;
  }

  #clear(process: number): void {
    this.#row.fill(NOT_EXCLUSIVE, process * this.#pages, (process + 1) * this.#pages);
  }

  #cell({ process, page }: { readonly process: number; readonly page: number }): number {
    return process * this.#pages + page;
  }
}
