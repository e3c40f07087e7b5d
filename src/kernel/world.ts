import type { Profile } from '../../spec/profiles/profile.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { Snapshot } from '../../spec/vocabulary/snapshot.ts';
import type { DriverOptions } from './device.ts';
import { digest } from './digest.ts';
import { Driver, type DriverClass } from './driver.ts';
import { Kernel, type KernelClass } from './kernel.ts';
import type { Plant } from './plant.ts';
import { protectionNumber, vmaKind } from './process.ts';
import { takeSnapshot } from './snapshot.ts';

/** How a world is built, but for its profile and scope. */
export interface WorldOptions extends DriverOptions {
  /** Whether a touch that finds no memory answers `oom`, or tries again until it does. */
  readonly answersOom: boolean;
}

/** Which classes a world is made of. */
export interface Build {
  readonly kernel: KernelClass;
  readonly driver: DriverClass;
  readonly options: WorldOptions;
}

/** What to build worlds from: the classes, or what a plant makes of them. */
export function buildWith(options: WorldOptions, plant: Plant | undefined): Build {
  return {
    kernel: plant?.kernel?.(Kernel) ?? Kernel,
    driver: plant?.driver?.(Driver) ?? Driver,
    options,
  };
}

/** A kernel and a device in the state in which a case begins, and from then on whatever its commands make of it. */
export class World {
  readonly kernel: Kernel;
  readonly driver: Driver;
  readonly #build: Build;

  constructor(build: Build, profile: Profile, scope: Scope) {
    this.#build = build;
    const kernel = new build.kernel(profile, scope);
    kernel.givesUpWithoutMemory = build.options.answersOom;
    this.kernel = kernel;
    this.driver = new build.driver(kernel, build.options);
    kernel.spawn(kernel.process(0));
  }

  /** Does one command that makes sense here: Admission says which ones do. */
  execute(command: Command, looks = false): Observation {
    const result = this.#perform(command);
    return { result, events: this.driver.takeEvents(), state: looks ? takeSnapshot(this.driver) : undefined };
  }

  snapshot(): Snapshot {
    return takeSnapshot(this.driver);
  }

  /** All that can tell in the future, as a short string. */
  digest(): string {
    return digest(this.driver);
  }

  /** Another world in the same state, which goes its own way from now on. */
  clone(): World {
    const world = new World(this.#build, this.kernel.profile, this.kernel.scope);
    world.kernel.copyFrom(this.kernel);
    world.driver.copyFrom(this.driver);
    return world;
  }

  #perform(command: Command): Result {
    const { kernel, driver } = this;
    switch (command.op) {
      case 'load':
        return kernel.load(kernel.process(command.process), command.page);
      case 'store':
        return kernel.store(kernel.process(command.process), command.page, command.value);
      case 'migrate-to-device':
        return driver.migrateToDevice(kernel.process(command.process), command.page, command.count);
      case 'migrate-to-system':
        return driver.migrateToSystem(kernel.process(command.process), command.page, command.count);
      case 'device-load':
        return driver.deviceLoad(kernel.process(command.process), command.page);
      case 'device-store':
        return driver.deviceStore(kernel.process(command.process), command.page, command.value);
      case 'evict':
        return driver.evict(kernel.process(command.process), command.page);
      case 'pin':
        return kernel.pin(kernel.process(command.process), command.page, command.slot);
      case 'unpin':
        return kernel.unpin(command.slot);
      case 'attach':
        return driver.attach();
      case 'detach':
        return driver.detach();
      case 'swap-on':
        return kernel.swapOn(command.areas);
      default:
        this.#arrange(command);
        return 'ok';
    }
  }

  /** The commands that have nothing to tell. */
  #arrange(command: Command): void {
    const { kernel, driver } = this;
    switch (command.op) {
      case 'map': {
        const protection = protectionNumber(command.protection);
        return kernel.map(kernel.process(command.process), command.page, vmaKind(command.kind), protection);
      }
      case 'unmap':
        return kernel.unmap(kernel.process(command.process), command.page);
      case 'discard':
        return kernel.discard(kernel.process(command.process), command.page);
      case 'protect': {
        const protection = protectionNumber(command.protection);
        return kernel.protect(kernel.process(command.process), command.page, protection);
      }
      case 'fork':
        return kernel.fork(kernel.process(command.process), kernel.process(command.child));
      case 'spawn':
        return kernel.spawn(kernel.process(command.process));
      case 'exit':
        return kernel.exit(kernel.process(command.process));
      case 'inject':
        return driver.injections.inject(command.kind, command.victim, command.remaining);
      case 'heal':
        return driver.injections.heal();
      default:
        return undefined;
    }
  }
}
