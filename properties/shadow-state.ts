import type { Profile } from '../spec/profiles/profile.ts';
import type { Scope } from '../spec/vocabulary/scope.ts';
import type { Command } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { UNPOPULATED, type Snapshot } from '../spec/vocabulary/snapshot.ts';
import { Charges } from './charges.ts';
import { DeviceStates } from './device-states.ts';
import { ExclusiveEntries } from './exclusive-entries.ts';
import { FlatMemory } from './flat-memory.ts';
import { Injected } from './injected.ts';
import { isWatchedForStores, isWatchedIfMissing, MappingTable } from './mapping-table.ts';
import { SoftDirty } from './soft-dirty.ts';

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
