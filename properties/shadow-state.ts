import type { Command, CommandOf } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import type { Profile } from '../spec/profiles/profile.ts';
import type { Scope } from '../spec/vocabulary/scope.ts';
import { type Snapshot, UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import { Charges } from './charges.ts';
import { ExclusiveEntries } from './exclusive-entries.ts';
import { FlatMemory } from './flat-memory.ts';
import { Injected } from './injected.ts';
import { isWatchedForStores, isWatchedIfMissing, MappingTable } from './mapping-table.ts';
import { SoftDirty } from './soft-dirty.ts';

/** The commands that change the state of a device. */
export type DeviceChange = CommandOf<'attach' | 'detach' | 'surprise-remove' | 'close' | 'open' | 'hot-add'>;

/**
 * The devices that are attached, those that are open, and those whose address range holds added system memory: one bit
 * for each device.
 */
export class DeviceStates {
  static readonly START = new DeviceStates(-1, -1, 0);

  readonly #attached: number;
  readonly #open: number;
  readonly #replaced: number;

  private constructor(attached: number, open: number, replaced: number) {
    this.#attached = attached;
    this.#open = open;
    this.#replaced = replaced;
  }

  isAttached(device: number): boolean {
    return (this.#attached & (1 << device)) !== 0;
  }

  isOpen(device: number): boolean {
    return (this.#open & (1 << device)) !== 0;
  }

  /** Whether the device is attached and open. */
  isUsable(device: number): boolean {
    return this.isAttached(device) && this.isOpen(device);
  }

  /** Whether system memory was added in the address range of the device while it was detached. */
  isReplaced(device: number): boolean {
    return (this.#replaced & (1 << device)) !== 0;
  }

  /** The states after a command with this result. */
  after({ op, device = 0 }: DeviceChange, result: Result): DeviceStates {
    if (result !== 'ok') return this;
    const bit = 1 << device;
    switch (op) {
      case 'attach':
        return new DeviceStates(this.#attached | bit, this.#open, this.#replaced & ~bit);
      case 'detach':
      case 'surprise-remove':
        return new DeviceStates(this.#attached & ~bit, this.#open, this.#replaced);
      case 'close':
        return new DeviceStates(this.#attached, this.#open & ~bit, this.#replaced);
      case 'open':
        return new DeviceStates(this.#attached, this.#open | bit, this.#replaced);
      case 'hot-add':
        return new DeviceStates(this.#attached, this.#open, this.#replaced | bit);
    }
  }
}

/** A command, its result, and the snapshots before and after it. */
export interface Answered {
  readonly command: Command;
  readonly result: Result;
  readonly before: readonly number[] | undefined;
  readonly after: readonly number[] | undefined;
  readonly stateBefore?: Snapshot | undefined;
  readonly state?: Snapshot | undefined;
}

/** The state that follows from the commands of a case and their results up to some step. */
export class ShadowState {
  readonly profile: Profile;
  readonly scope: Scope;
  readonly pages: number;
  readonly mappings: MappingTable;
  readonly memory: FlatMemory;
  readonly charges: Charges;
  readonly injected: Injected;
  readonly exclusives: ExclusiveEntries;
  /** Kept only for a case that queries it. */
  readonly softDirty: SoftDirty | undefined;
  devices = DeviceStates.START;

  /** Whether a watch for stores also covers unpopulated pages. */
  readonly watchesUnpopulated: boolean;

  constructor(profile: Profile, scope: Scope, asksForSoftDirty: boolean, watchesUnpopulated: boolean) {
    const { processes, pages, slots } = scope;
    this.watchesUnpopulated = watchesUnpopulated;
    this.profile = profile;
    this.scope = scope;
    this.pages = pages;
    this.mappings = new MappingTable(processes, pages);
    this.charges = new Charges(profile, processes);
    this.memory = new FlatMemory(processes, pages, slots, this.charges);
    this.injected = new Injected(pages);
    this.exclusives = new ExclusiveEntries(processes, pages);
    this.softDirty = asksForSoftDirty ? new SoftDirty(profile, processes, pages, this) : undefined;
  }

  /** Whether an access to this page is trapped. */
  isTrapped(cell: number, write: boolean): boolean {
    const mapping = this.mappings.at(cell);
    if (this.memory.code(cell) === UNPOPULATED && isWatchedIfMissing(mapping)) return true;
    return write && isWatchedForStores(mapping);
  }

  cell({ process, page }: { readonly process: number; readonly page: number }): number {
    return process * this.pages + page;
  }
}
