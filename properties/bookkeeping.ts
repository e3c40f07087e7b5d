import type { Profile } from '../spec/profiles/profile.ts';
import type { Command, CommandOf } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import type { Scope } from '../spec/vocabulary/scope.ts';
import { HOLE, POISON } from '../spec/vocabulary/snapshot.ts';
import { FlatMemory, isContent, NO_PIN } from './flat-memory.ts';
import { Injected, OOM, SIGBUS } from './injected.ts';
import { isMapped, isPrivate, MappingTable, mayWrite } from './mapping-table.ts';

type Touch = CommandOf<'load' | 'store' | 'pin'>;
type RangeMigration = CommandOf<'migrate-to-device' | 'migrate-to-system'>;

/** What follows from the commands of a case and the answers to them, up to some step. */
export class Bookkeeping {
  readonly #profile: Profile;
  readonly #pages: number;
  readonly mappings: MappingTable;
  readonly memory: FlatMemory;
  readonly injected: Injected;
  attached = true;

  constructor(profile: Profile, { processes, pages, slots }: Scope) {
    this.#profile = profile;
    this.#pages = pages;
    this.mappings = new MappingTable(processes, pages);
    this.memory = new FlatMemory(processes, pages, slots);
    this.injected = new Injected(pages);
  }

  /**
   * Takes note of a command and its answer. False where that answer is so wrong that nobody knows what the memory
   * holds from then on.
   */
  note(command: Command, result: Result): boolean {
    switch (command.op) {
      case 'load':
      case 'store':
      case 'pin':
        return this.#touch(command, result);
      case 'device-store':
        return this.#deviceStore(command, result);
      case 'unpin':
        if (result !== 'EINVAL') this.memory.unpin(command.slot);
        return result !== 'unsupported';
      case 'migrate-to-device':
      case 'migrate-to-system':
        return this.#migrate(command, command.count, result);
      case 'evict':
        return this.#migrate(command, 1, result);
      case 'attach':
        if (result === 'ok') this.attached = true;
        return result !== 'unsupported';
      case 'detach':
        if (result === 'ok') {
          this.attached = false;
          this.memory.allBack();
        }
        return result !== 'unsupported';
      case 'device-load':
      case 'swap-on':
        return result !== 'unsupported';
      default:
        this.#arrange(command);
        return result === 'ok';
    }
  }

  /** The commands that always answer ok. */
  #arrange(command: Command): void {
    const { mappings, memory } = this;
    switch (command.op) {
      case 'fork':
        mappings.fork(command.process, command.child);
        memory.fork(command.process, command.child, this.#profile.forkCopiesPinned);
        return;
      case 'exit':
        mappings.exit(command.process);
        memory.exit(command.process);
        return;
      case 'map':
        mappings.map(this.#cell(command), command.kind, command.protection);
        memory.map(this.#cell(command), command.kind === 'host');
        return;
      case 'unmap':
        mappings.unmap(this.#cell(command));
        memory.unmap(this.#cell(command));
        return;
      case 'discard':
        memory.discard(this.#cell(command));
        return;
      case 'protect':
        mappings.protect(this.#cell(command), command.protection);
        return;
      case 'inject':
        this.injected.inject(command);
        return;
      case 'heal':
        this.injected.heal();
        return;
      default:
        return;
    }
  }

  #touch(command: Touch, result: Result): boolean {
    if (result === 'unsupported') return false;
    const { memory } = this;
    const cell = this.#cell(command);
    const works = this.#mayHold(cell, command.op !== 'load');
    if (result === 'oom' || result === 'ENOMEM') this.injected.struck(OOM);
    if (result === 'SIGBUS' || (command.op === 'pin' && result === 'EFAULT')) {
      if (works && isContent(memory.row[cell] ?? 0) && this.#slotIsFree(command)) this.#lost(cell);
      return true;
    }
    if (command.op === 'load') {
      if (result !== 'SIGSEGV' && result !== 'oom') memory.touched(cell);
      return true;
    }
    if (result !== 'ok') return true;
    if (!works || !this.#slotIsFree(command)) return false;
    memory.touched(cell);
    if (command.op === 'store') memory.write(cell, command.value, false);
    else memory.pin(cell, command.slot);
    return true;
  }

  /** The page that was touched could not be brought back. */
  #lost(cell: number): void {
    this.injected.struck(SIGBUS);
    if (this.#profile.failedFaultPoisons && isPrivate(this.mappings.row[cell] ?? 0)) this.memory.poison(cell);
  }

  #deviceStore(command: CommandOf<'device-store'>, result: Result): boolean {
    if (result !== 'ok') return result !== 'unsupported';
    const cell = this.#cell(command);
    if (!this.attached || !this.#mayHold(cell, true)) return false;
    this.memory.write(cell, command.value, true);
    return true;
  }

  #migrate(command: RangeMigration | CommandOf<'evict'>, count: number, result: Result): boolean {
    if (typeof result !== 'object' || result.length !== count) return false;
    const first = this.#cell(command);
    const toDevice = command.op === 'migrate-to-device';
    for (let i = 0; i < count; i++) {
      if (result[i] === 'skipped') continue;
      if (!this.#mayMove(first + i, toDevice)) return false;
      this.memory.moved(first + i, toDevice);
    }
    return true;
  }

  /** Whether there could be anything to move, as far as answers tell. */
  #mayMove(cell: number, toDevice: boolean): boolean {
    const code = this.memory.row[cell] ?? 0;
    if (!isPrivate(this.mappings.row[cell] ?? 0) || code === POISON || this.memory.isPinned(code))
      return false;
    return toDevice ? this.attached : code !== HOLE;
  }

  /** Whether a touch is permitted and finds something other than poison. */
  #mayHold(cell: number, write: boolean): boolean {
    const mapping = this.mappings.row[cell] ?? 0;
    return isMapped(mapping) && (!write || mayWrite(mapping)) && this.memory.row[cell] !== POISON;
  }

  #slotIsFree(command: Touch): boolean {
    return command.op !== 'pin' || this.memory.pins[command.slot] === NO_PIN;
  }

  #cell({ process, page }: { readonly process: number; readonly page: number }): number {
    return process * this.#pages + page;
  }
}
