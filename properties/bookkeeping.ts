import type { Profile } from '../spec/profiles/profile.ts';
import type { Command, CommandOf } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import type { Scope } from '../spec/vocabulary/scope.ts';
import { HOLE, isDeviceEntry, isWriteEntry, POISON, PRESENT, UNMAPPED } from '../spec/vocabulary/snapshot.ts';
import { Charges } from './charges.ts';
import { isObject } from './contents.ts';
import { DeviceStates } from './device-states.ts';
import { ExclusiveEntries, NOT_EXCLUSIVE } from './exclusive-entries.ts';
import { FlatMemory, NO_PIN } from './flat-memory.ts';
import { Injected, OOM, SIGBUS } from './injected.ts';
import {
  isMapped,
  isPrivate,
  isWatchedForStores,
  isWatchedIfMissing,
  MappingTable,
  mayWrite,
} from './mapping-table.ts';
import { SoftDirty } from './soft-dirty.ts';
import { gotThrough, lost, noMemory, permits, type Touch, writes } from './touch-kinds.ts';
import { EXCHANGED, FREED, homeOf, ROAMED, WRITTEN_BY_DEVICE, WRITTEN_BY_KERNEL } from './traits.ts';

type RangeMigration = CommandOf<'migrate-to-device' | 'migrate-to-system'>;

/** A command, its answer, and the entries before and after it where they were shown. */
interface Answered {
  readonly command: Command;
  readonly result: Result;
  readonly before: readonly number[] | undefined;
  readonly after: readonly number[] | undefined;
}

/** What follows from the commands of a case and the answers to them, up to some step. */
export class Bookkeeping {
  readonly #profile: Profile;
  readonly pages: number;
  readonly mappings: MappingTable;
  readonly memory: FlatMemory;
  readonly charges: Charges;
  readonly injected: Injected;
  readonly exclusives: ExclusiveEntries;
  /** Kept only for a case that asks. */
  readonly softDirty: SoftDirty | undefined;
  devices = DeviceStates.START;

  constructor(profile: Profile, { processes, pages, slots }: Scope, asksForSoftDirty: boolean) {
    this.#profile = profile;
    this.pages = pages;
    this.mappings = new MappingTable(processes, pages);
    this.charges = new Charges(profile, processes);
    this.memory = new FlatMemory(processes, pages, slots, this.charges);
    this.injected = new Injected(pages);
    this.exclusives = new ExclusiveEntries(processes, pages);
    this.softDirty = asksForSoftDirty ? new SoftDirty(profile, processes, pages, this) : undefined;
  }

  /** Takes note of a command and its answer. False where nobody knows what the memory holds from then on. */
  note(answered: Answered): boolean {
    const { command, result } = answered;
    if (result === 'unsupported') return false;
    this.softDirty?.note(command, result);
    const isKnown = this.#take(answered);
    this.exclusives.note(command, result);
    return isKnown;
  }

  #take(answered: Answered): boolean {
    const { command, result, before, after } = answered;
    switch (command.op) {
      case 'load':
      case 'store':
      case 'pin':
      case 'kernel-load':
      case 'kernel-store':
      case 'populate':
      case 'lock':
        return this.#touch(command, result);
      case 'device-load':
        this.#deviceLoad(command, result);
        return true;
      case 'device-store':
        return result !== 'ok' || this.#deviceStore(command, before);
      case 'make-exclusive':
        return result !== 'ok' || this.#makeExclusive(command);
      case 'device-exchange':
        return typeof result !== 'number' || this.#exchange(command);
      case 'unpin':
        if (result !== 'EINVAL') this.memory.unpin(command.slot);
        return true;
      case 'migrate-to-device':
      case 'migrate-to-system':
        return this.#migrate(command, command.count, result);
      case 'evict':
        return this.#migrate(command, 1, result);
      case 'evict-all':
        if ((this.injected.active & (SIGBUS | OOM)) === 0) this.memory.allBack(command.device ?? 0);
        return true;
      case 'detach':
        if (result === 'ok') this.memory.allBack(command.device ?? 0);
        this.devices = this.devices.after(command, result);
        return true;
      case 'attach':
      case 'close':
      case 'open':
      case 'hot-add':
        this.devices = this.devices.after(command, result);
        return true;
      case 'discard':
        if (result === 'ok') this.#discard(this.#cell(command));
        return result === 'ok' || result === 'EINVAL';
      case 'advise':
        return result === 'EINVAL' || (result === 'ok' && this.#advise(command, after));
      case 'join':
        this.#join(command, before);
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
        this.#arrange(command);
        return result === 'ok';
    }
  }

  /** The commands that always answer ok. */
  #arrange(command: Command): void {
    const { mappings, memory } = this;
    switch (command.op) {
      case 'spawn':
        this.charges.spawn(command.process);
        return;
      case 'fork':
        this.charges.fork(command.process, command.child);
        mappings.fork(command.process, command.child);
        memory.fork(command.process, command.child, this.#profile.forkCopiesPinned);
        return;
      case 'exit':
        mappings.exit(command.process);
        memory.exit(command.process);
        return;
      case 'map': {
        const cell = this.#cell(command);
        mappings.map(cell, command.kind, command.protection);
        memory.empty(cell, mappings.at(cell));
        return;
      }
      case 'unmap':
        mappings.unmap(this.#cell(command));
        memory.unmap(this.#cell(command));
        return;
      case 'protect':
        mappings.protect(this.#cell(command), command.protection);
        return;
      case 'move': {
        const to = this.#cell({ process: command.process, page: command.to });
        mappings.move(this.#cell(command), to, command.keep);
        memory.move(this.#cell(command), to, command.keep ? HOLE : UNMAPPED);
        return;
      }
      case 'unlock':
        mappings.lock(this.#cell(command), false);
        return;
      case 'watch':
        mappings.watch(this.#cell(command), command.watch, isObject(memory.code(this.#cell(command))));
        return;
      case 'limit':
        this.charges.limit(command.group, command.pages);
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
    const { memory, mappings } = this;
    const cell = this.#cell(command);
    const mapping = mappings.at(cell);
    const code = memory.code(cell);
    const works =
      permits(command, mapping) &&
      code !== POISON &&
      (command.op !== 'pin' || memory.pins[command.slot] === NO_PIN);
    if (command.op === 'lock') mappings.lock(cell, true);
    // At a limit it is not known which of the two it was.
    if (works && result === noMemory(command) && !this.charges.isLimited) this.injected.struck(OOM);
    if (result === lost(command)) {
      if (works && isObject(code)) this.#lost(cell);
      return true;
    }
    if (!gotThrough(command, result)) return true;
    if (command.op === 'load' || command.op === 'kernel-load') {
      memory.touched(cell);
      return true;
    }
    if (!works || (writes(command, mapping) && this.#isTrapped(cell, true))) return false;
    memory.touched(cell);
    switch (command.op) {
      case 'store':
        memory.write(cell, command.value);
        return true;
      case 'kernel-store':
        memory.write(cell, command.value, WRITTEN_BY_KERNEL);
        return true;
      case 'pin':
        memory.pin(cell, command.slot);
        return true;
      default:
        memory.populate(cell, writes(command, mapping));
        return true;
    }
  }

  /** The page that was touched could not be brought back. */
  #lost(cell: number): void {
    this.injected.struck(SIGBUS);
    if (this.#profile.failedFaultPoisons && isPrivate(this.mappings.at(cell))) this.memory.poison(cell);
  }

  /** From some profile on, a page that another device reads comes back first. */
  #deviceLoad(command: CommandOf<'device-load'>, result: Result): void {
    const cell = this.#cell(command);
    const home = homeOf(this.memory.contents.traits(this.memory.code(cell)));
    const isForeign = home !== undefined && home !== (command.device ?? 0);
    if (isForeign && this.#profile.foreignAccessFaults && typeof result === 'number')
      this.memory.touched(cell);
  }

  #deviceStore(command: CommandOf<'device-store'>, before: readonly number[] | undefined): boolean {
    const cell = this.#cell(command);
    if (!this.#letsDeviceWrite(command)) return false;
    const { memory } = this;
    const code = memory.code(cell);
    const entry = before?.[cell];
    const isInPlace =
      entry === PRESENT || (entry !== undefined && isDeviceEntry(entry) && isWriteEntry(entry));
    if (isObject(code) && !isInPlace) this.charges.mayHaveMade(code, command.process);
    if (homeOf(memory.contents.traits(code)) !== (command.device ?? 0)) memory.touched(cell);
    memory.write(cell, command.value, WRITTEN_BY_DEVICE | ROAMED);
    return true;
  }

  #makeExclusive(command: CommandOf<'make-exclusive'>): boolean {
    if (!this.#letsDeviceWrite(command)) return false;
    const cell = this.#cell(command);
    this.memory.touched(cell);
    this.memory.own(cell);
    return true;
  }

  #exchange(command: CommandOf<'device-exchange'>): boolean {
    const cell = this.#cell(command);
    if (!this.#letsDeviceWrite(command) || this.exclusives.at(cell) === NOT_EXCLUSIVE) return false;
    this.memory.write(cell, command.value, WRITTEN_BY_DEVICE | EXCHANGED);
    return true;
  }

  #discard(cell: number): void {
    this.mappings.discard(cell);
    if (isPrivate(this.mappings.at(cell))) this.memory.empty(cell, this.mappings.at(cell));
  }

  /** What may have been dropped is looked up where entries are shown; elsewhere nobody knows. */
  #advise({ advice, ...place }: CommandOf<'advise'>, after: readonly number[] | undefined): boolean {
    const cell = this.#cell(place);
    const { memory } = this;
    if (advice === 'page-out' && this.mayBeDropped(cell)) {
      const entry = after?.[cell];
      if (entry === undefined || (entry === HOLE && isWatchedForStores(this.mappings.at(cell)))) return false;
      if (entry === HOLE) this.#discard(cell);
    }
    memory.advise(cell, advice === 'free');
    return true;
  }

  /** Whether a page-out may drop what is here. */
  mayBeDropped(cell: number): boolean {
    const { contents } = this.memory;
    const code = this.memory.code(cell);
    return (contents.traits(code) & FREED) !== 0 && contents.isSole(code) && !contents.isPinned(code);
  }

  #join({ process, group }: CommandOf<'join'>, before: readonly number[] | undefined): void {
    const { memory, charges } = this;
    const { contents } = memory;
    const isReal = charges.join(process, group);
    for (let cell = process * this.pages; cell < (process + 1) * this.pages; cell++) {
      const code = memory.code(cell);
      if (!isObject(code)) continue;
      const entry = before?.[cell];
      const isInSystemMemory =
        entry === undefined ? (contents.traits(code) & ROAMED) === 0 : !isDeviceEntry(entry);
      charges.mayFollow(code, group, isReal && contents.isSole(code), isInSystemMemory);
    }
  }

  #migrate(command: RangeMigration | CommandOf<'evict'>, count: number, result: Result): boolean {
    if (typeof result !== 'object' || result.length !== count) return false;
    const first = this.#cell(command);
    for (let i = 0; i < count; i++) {
      if (result[i] === 'skipped') continue;
      const cell = first + i;
      if (command.op === 'migrate-to-device') {
        const device = command.device ?? 0;
        if (!this.devices.isUsable(device) || !this.#mayMove(cell)) return false;
        this.memory.sent(cell, device);
      } else {
        if (this.memory.code(cell) === HOLE || !this.#mayMove(cell)) return false;
        this.memory.returned(cell);
      }
    }
    return true;
  }

  /** Whether there could be anything to move, as far as answers tell. */
  #mayMove(cell: number): boolean {
    const code = this.memory.code(cell);
    if (code === HOLE) return !this.#isTrapped(cell, false);
    return isObject(code) && !this.memory.contents.isPinned(code);
  }

  /** Whether the device may use the page, and finds something to write to that is not watched. */
  #letsDeviceWrite(command: CommandOf<'device-store' | 'make-exclusive' | 'device-exchange'>): boolean {
    const cell = this.#cell(command);
    const mapping = this.mappings.at(cell);
    if (!this.devices.isUsable(command.device ?? 0) || this.memory.code(cell) === POISON) return false;
    return isMapped(mapping) && mayWrite(mapping) && !this.#isTrapped(cell, true);
  }

  #isTrapped(cell: number, write: boolean): boolean {
    const mapping = this.mappings.at(cell);
    if (this.memory.code(cell) === HOLE) return isWatchedIfMissing(mapping);
    return write && isWatchedForStores(mapping);
  }

  #cell({ process, page }: { readonly process: number; readonly page: number }): number {
    return process * this.pages + page;
  }
}
