import { type Profile, type ProfileName, profilesFrom } from '../../spec/profiles/profile.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import type { Snapshot } from '../../spec/vocabulary/snapshot.ts';
import type { DriverOptions } from './device.ts';
import { digest } from './digest.ts';
import { Driver, type DriverClass } from './driver.ts';
import { Kernel, type KernelClass } from './kernel.ts';
import type { Machine } from './machine.ts';
import { performOnMachine } from './perform.ts';
import type { KernelMutation } from './mutation.ts';
import { performRace } from './race.ts';
import { DriverHarness } from './driver-harness.ts';
import { takeSnapshot } from './snapshot.ts';

/** How a world is built, but for its profile and scope. */
export interface WorldOptions extends DriverOptions {
  /** Whether a touch that finds no memory answers `oom`, or tries again until it does. */
  readonly answersOom: boolean;
  /** Whether a watch for stores holds also where no page is yet, in versions that have this mode. */
  readonly watchesUnpopulated: boolean;
}

const SINCE_6_12: ReadonlySet<ProfileName> = new Set(profilesFrom('linux-6.12'));

/** Which classes a world is made of. */
export interface Build {
  readonly kernel: KernelClass;
  readonly driver: DriverClass;
  readonly options: WorldOptions;
}

/** What to build worlds from: the classes, or what a plant makes of them. */
export function buildWith(options: WorldOptions, mutation: KernelMutation | undefined): Build {
  return {
    kernel: mutation?.kernel?.(Kernel) ?? Kernel,
    driver: mutation?.driver?.(Driver) ?? Driver,
    options,
  };
}

/** A kernel and its devices in the state in which a case begins, and from then on whatever its commands make of it. */
export class World implements Machine {
  readonly kernel: Kernel;
  readonly drivers: readonly Driver[];
  readonly harness: DriverHarness;
  readonly #build: Build;

  constructor(build: Build, profile: Profile, scope: Scope) {
    this.#build = build;
    const kernel = new build.kernel(profile, scope);
    kernel.givesUpWithoutMemory = build.options.answersOom;
    kernel.watchesUnpopulated = build.options.watchesUnpopulated && SINCE_6_12.has(profile.name);
    this.kernel = kernel;
    this.harness = new DriverHarness();
    const drivers: Driver[] = [];
    for (let device = 0; device < devicesIn(scope); device++) {
      drivers.push(new build.driver(kernel, build.options, device, this.harness));
    }
    this.drivers = drivers;
    kernel.spawn(kernel.process(0));
  }

  /** Does one command that makes sense here: Admission says which ones do. */
  execute(command: Command, looks = false): Observation {
    const result = command.op === 'race' ? performRace(this, command) : performOnMachine(this, command);
    return { result, events: this.harness.takeEvents(), state: looks ? takeSnapshot(this) : undefined };
  }

  snapshot(): Snapshot {
    return takeSnapshot(this);
  }

  /** All that can tell in the future, as a short string. */
  digest(): string {
    return digest(this);
  }

  /** Another world in the same state, which goes its own way from now on. */
  clone(): World {
    const world = new World(this.#build, this.kernel.profile, this.kernel.scope);
    world.kernel.copyFrom(this.kernel);
    world.harness.injections.copyFrom(this.harness.injections);
    for (const driver of world.drivers) {
      const original = this.drivers[driver.number];
      if (original !== undefined) driver.copyFrom(original);
    }
    return world;
  }
}
