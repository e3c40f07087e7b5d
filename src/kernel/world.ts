import type { Profile } from '../../spec/profiles/profile.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import type { Snapshot } from '../../spec/vocabulary/snapshot.ts';
import { digest } from './digest.ts';
import { Driver, type DriverClass, type KernelAndDrivers } from './driver.ts';
import { DriverHarness } from './driver-harness.ts';
import { Kernel, type KernelClass } from './kernel.ts';
import type { DriverOptions } from './page-driver.ts';
import { perform } from './perform.ts';
import { takeSnapshot } from './snapshot.ts';

/** A planted bug: subclasses of the kernel, of the driver, or of both. */
export interface KernelMutation {
  readonly kernel?: (base: KernelClass) => KernelClass;
  readonly driver?: (base: DriverClass) => DriverClass;
  /** Whether the classes keep state from one world to the next, until these functions are called again. */
  readonly outlivesWorlds?: true;
}

/** The variants of behaviour of a world. */
export interface EmbeddedWorldOptions extends DriverOptions {
  /** Whether an access that finds no memory returns `oom`, or retries until it does. */
  readonly answersOom: boolean;
  /** Whether userfaultfd write-protection also holds on an unpopulated page, in versions with this mode. */
  readonly watchesUnpopulated: boolean;
}

/** The classes and options of a world. */
export interface Build {
  readonly kernel: KernelClass;
  readonly driver: DriverClass;
  readonly options: EmbeddedWorldOptions;
}

/** The classes of a world, with the planted bug if one is given. */
export function buildWith(options: EmbeddedWorldOptions, mutation: KernelMutation | undefined): Build {
  return {
    kernel: mutation?.kernel?.(Kernel) ?? Kernel,
    driver: mutation?.driver?.(Driver) ?? Driver,
    options,
  };
}

/** A kernel and its devices, new in the state in which every case begins. */
export class EmbeddedWorld implements KernelAndDrivers {
  readonly kernel: Kernel;
  readonly drivers: readonly Driver[];
  readonly harness: DriverHarness;
  readonly #build: Build;

  constructor(build: Build, profile: Profile, scope: Scope) {
    this.#build = build;
    const kernel = new build.kernel(profile, scope);
    kernel.givesUpWithoutMemory = build.options.answersOom;
    kernel.watchesUnpopulated = build.options.watchesUnpopulated && profile.offersUnpopulatedWatch;
    this.kernel = kernel;
    this.harness = new DriverHarness();
    const { injections } = this.harness;
    kernel.refusesSplit = (folio) => injections.refusesSplit((place) => kernel.mapsFolio(place, folio));
    const drivers: Driver[] = [];
    for (let device = 0; device < devicesIn(scope); device++) {
      drivers.push(new build.driver(kernel, build.options, device, this.harness));
    }
    this.drivers = drivers;
    kernel.spawn(kernel.process(0));
  }

  /** Executes one command, which must be admitted (`Admission`). */
  execute(command: Command, withSnapshot = false): Observation {
    const result = perform(this, command);
    return {
      result,
      events: this.harness.takeEvents(),
      state: withSnapshot ? takeSnapshot(this) : undefined,
    };
  }

  snapshot(): Snapshot {
    return takeSnapshot(this);
  }

  /** The state that can affect later observations, as a short string. */
  digest(): string {
    return digest(this);
  }

  /** An independent world in the same state. */
  clone(): EmbeddedWorld {
    const world = new EmbeddedWorld(this.#build, this.kernel.profile, this.kernel.scope);
    world.copyFrom(this);
    return world;
  }

  /** Copies the state of a world of the same kind to this one, between two commands of both. */
  copyFrom(other: EmbeddedWorld): void {
    this.kernel.copyFrom(other.kernel);
    this.harness.injections.copyFrom(other.harness.injections);
    for (const driver of this.drivers) {
      const original = other.drivers[driver.number];
      if (original !== undefined) driver.copyFrom(original);
    }
  }
}
