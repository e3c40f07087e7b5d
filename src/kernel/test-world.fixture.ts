import { type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import type {
  Command,
  InjectionKind,
  MappingKind,
  Protection,
  Remaining,
} from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { Snapshot } from '../../spec/vocabulary/snapshot.ts';
import { buildWith, type KernelMutation, EmbeddedWorld } from './world.ts';

/** A world of 3 processes, 4 pages, 3 frames and 2 pin slots, with short methods for commands. */
export class TestWorld {
  readonly world: EmbeddedWorld;
  /** The observation of the last command. */
  seen: Observation | undefined = undefined;

  constructor(
    profile: ProfileName = 'origin',
    mutation?: KernelMutation,
    scope: Partial<Scope> = {},
    chunk = 2,
  ) {
    const build = buildWith(
      { chunk, copiesOnWrite: true, oneOwner: false, watchesUnpopulated: false, answersOom: true },
      mutation,
    );
    this.world = new EmbeddedWorld(build, PROFILES[profile], {
      processes: 3,
      pages: 4,
      frames: 3,
      slots: 2,
      ...scope,
    });
  }

  do(command: Command): Result {
    this.seen = this.world.execute(command);
    return this.seen.result;
  }

  /** Maps a page and, if a value is given, stores it. */
  map(process: number, page: number, value?: number, kind: MappingKind = 'private'): void {
    this.do({ op: 'map', process, page, kind, protection: 'write' });
    if (value !== undefined) this.store(process, page, value);
  }

  /** Maps a page, stores the value, and migrates it to the device. */
  mapOnDevice(process: number, page: number, value: number): void {
    this.map(process, page, value);
    this.toDevice(process, page);
  }

  load = (process: number, page: number): Result => this.do({ op: 'load', process, page });
  store = (process: number, page: number, value: number): Result =>
    this.do({ op: 'store', process, page, value });
  deviceLoad = (process: number, page: number): Result => this.do({ op: 'device-load', process, page });
  deviceStore = (process: number, page: number, value: number): Result =>
    this.do({ op: 'device-store', process, page, value });
  toDevice = (process: number, page: number, count = 1): Result =>
    this.do({ op: 'migrate-to-device', process, page, count });
  toSystem = (process: number, page: number, count = 1): Result =>
    this.do({ op: 'migrate-to-system', process, page, count });
  fork = (process: number, child: number): Result => this.do({ op: 'fork', process, child });
  pin = (process: number, page: number, slot = 0): Result => this.do({ op: 'pin', process, page, slot });
  unpin = (slot = 0): Result => this.do({ op: 'unpin', slot });
  unmap = (process: number, page: number): Result => this.do({ op: 'unmap', process, page });
  protect = (process: number, page: number, protection: Protection): Result =>
    this.do({ op: 'protect', process, page, protection });
  inject = (kind: InjectionKind, remaining: Remaining = 'until-healed'): Result =>
    this.do({ op: 'inject', kind, victim: 'any', remaining });
  heal = (): Result => this.do({ op: 'heal' });

  /** The events of the last command as strings: `fault 0.1`, `alloc 2`, `free 2`, `split 0 tail 1`, `split 0`. */
  get events(): string[] {
    return (this.seen?.events ?? []).map((event) => {
      if (event.event === 'fault') return `fault ${event.process}.${event.page}`;
      const tail = event.event === 'split' && event.tail !== undefined ? ` tail ${event.tail}` : '';
      return `${event.event} ${event.frame}${tail}`;
    });
  }

  get state(): Snapshot {
    return this.world.snapshot();
  }

  /** The code of one entry. */
  entry(process: number, page: number): number | undefined {
    return this.state.entries?.[process * this.world.kernel.scope.pages + page];
  }
}
