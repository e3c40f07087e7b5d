import { type Command, type CommandOf, SPECS } from '../spec/vocabulary/command.ts';
import type { Observation } from '../spec/vocabulary/observation.ts';
import type { DeviceChange } from './shadow-state.ts';
import type { RaceStep } from './race-step.ts';
import { NO_CELL, type TraceStep } from './step.ts';
import type { Access } from './access-kinds.ts';

export type KernelAccess = CommandOf<'kernel-load' | 'kernel-store'>;
export type Population = CommandOf<'populate' | 'lock'>;
export type MigrationCommand = CommandOf<'migrate-to-device' | 'migrate-to-system' | 'evict'>;
export type Removal = CommandOf<'unmap' | 'discard' | 'exit'>;
export type Read = CommandOf<'load' | 'kernel-load' | 'peek' | 'device-load' | 'device-exchange' | 'unpin'>;
export type DeviceAccess = CommandOf<'device-load' | 'device-store'>;
export type ExclusiveCommand = CommandOf<'make-exclusive' | 'device-exchange'>;
export type DeviceCommand = DeviceChange | CommandOf<'evict-all'>;
export type Query = CommandOf<'page-map' | 'residency' | 'smaps'>;
export type TrackingCommand = CommandOf<'soft-dirty' | 'clear-soft-dirty'>;

/** The steps of a case, sorted by subject, so that a property examines only the steps that concern it. */
export abstract class StepLists {
  /** Steps that do not depend on present pages. */
  readonly idle: TraceStep[] = [];
  /** Steps that read a value. */
  readonly readAttempts: TraceStep<Read>[] = [];
  /** The read attempts that returned a value that flat memory knows. */
  readonly reads: TraceStep<Read>[] = [];
  readonly accesses: TraceStep<Access>[] = [];
  readonly kernelAccesses: TraceStep<KernelAccess>[] = [];
  readonly populations: TraceStep<Population>[] = [];
  readonly pinnings: TraceStep<CommandOf<'pin'>>[] = [];
  readonly unpinnings: TraceStep<CommandOf<'unpin'>>[] = [];
  readonly peeks: TraceStep<CommandOf<'peek'>>[] = [];
  readonly deviceAccesses: TraceStep<DeviceAccess>[] = [];
  readonly exclusiveAccesses: TraceStep<ExclusiveCommand>[] = [];
  readonly migrations: TraceStep<MigrationCommand>[] = [];
  readonly removals: TraceStep<Removal>[] = [];
  readonly surpriseRemovals: TraceStep<CommandOf<'surprise-remove'>>[] = [];
  readonly forks: TraceStep<CommandOf<'fork'>>[] = [];
  readonly protections: TraceStep<CommandOf<'protect'>>[] = [];
  readonly moves: TraceStep<CommandOf<'move'>>[] = [];
  readonly advices: TraceStep<CommandOf<'advise'>>[] = [];
  readonly watches: TraceStep<CommandOf<'watch'>>[] = [];
  readonly trackings: TraceStep<TrackingCommand>[] = [];
  readonly queries: TraceStep<Query>[] = [];
  readonly charges: TraceStep<CommandOf<'charge'>>[] = [];
  readonly swapOns: TraceStep<CommandOf<'swap-on'>>[] = [];
  /** Commands for a device as a whole; the subsets that attach or remove it, and that open or close it. */
  readonly deviceCommands: TraceStep<DeviceCommand>[] = [];
  readonly attachments: TraceStep<CommandOf<'attach' | 'detach'>>[] = [];
  readonly openings: TraceStep<CommandOf<'open' | 'close'>>[] = [];
  readonly evictAlls: TraceStep<CommandOf<'evict-all'>>[] = [];
  readonly races: RaceStep[] = [];
  readonly hotAdds: TraceStep<CommandOf<'hot-add'>>[] = [];

  /** Makes the step of a command that was sent. */
  protected abstract take<C extends Command>(
    index: number,
    command: C,
    observation: Observation,
    cell: number,
  ): TraceStep<C>;

  /** The same for two concurrent commands. */
  protected abstract takeRace(index: number, command: CommandOf<'race'>, observation: Observation): RaceStep;

  abstract cell(process: number, page: number): number;

  protected sort(index: number, command: Command, observation: Observation): void {
    switch (command.op) {
      case 'load':
        this.#sortRead(this.#access(index, command, observation));
        return;
      case 'store':
        this.#access(index, command, observation);
        return;
      case 'pin':
        this.pinnings.push(this.#access(index, command, observation));
        return;
      case 'kernel-load': {
        const step = this.#access(index, command, observation);
        this.kernelAccesses.push(step);
        this.#sortRead(step);
        return;
      }
      case 'kernel-store':
        this.kernelAccesses.push(this.#access(index, command, observation));
        return;
      case 'populate':
      case 'lock':
        this.populations.push(this.#access(index, command, observation));
        return;
      case 'unpin': {
        const step = this.take(index, command, observation, NO_CELL);
        this.unpinnings.push(step);
        this.#sortRead(step);
        return;
      }
      case 'peek': {
        const step = this.#at(index, command, observation);
        this.peeks.push(step);
        this.#sortRead(step);
        return;
      }
      case 'device-load': {
        const step = this.#at(index, command, observation);
        this.deviceAccesses.push(step);
        this.#sortRead(step);
        return;
      }
      case 'device-store':
        this.deviceAccesses.push(this.#at(index, command, observation));
        return;
      case 'make-exclusive':
        this.exclusiveAccesses.push(this.#at(index, command, observation));
        return;
      case 'device-exchange': {
        const step = this.#at(index, command, observation);
        this.exclusiveAccesses.push(step);
        this.#sortRead(step);
        return;
      }
      case 'migrate-to-device':
      case 'migrate-to-system':
      case 'evict':
        this.migrations.push(this.#at(index, command, observation));
        return;
      case 'unmap':
      case 'discard':
        this.removals.push(this.#at(index, command, observation));
        return;
      case 'exit':
        this.removals.push(this.take(index, command, observation, NO_CELL));
        return;
      case 'fork':
        this.forks.push(this.take(index, command, observation, NO_CELL));
        return;
      case 'protect':
        this.protections.push(this.#at(index, command, observation));
        return;
      case 'move':
        this.moves.push(this.#at(index, command, observation));
        return;
      case 'advise':
        this.advices.push(this.#at(index, command, observation));
        return;
      case 'watch':
        this.watches.push(this.#at(index, command, observation));
        return;
      case 'soft-dirty':
        this.trackings.push(this.#at(index, command, observation));
        return;
      case 'clear-soft-dirty':
        this.trackings.push(this.take(index, command, observation, NO_CELL));
        return;
      case 'page-map':
      case 'residency':
        this.queries.push(this.#at(index, command, observation));
        return;
      case 'smaps':
        this.queries.push(this.take(index, command, observation, NO_CELL));
        return;
      case 'attach':
      case 'detach': {
        const step = this.take(index, command, observation, NO_CELL);
        this.deviceCommands.push(step);
        this.attachments.push(step);
        return;
      }
      case 'surprise-remove': {
        const step = this.take(index, command, observation, NO_CELL);
        this.deviceCommands.push(step);
        this.surpriseRemovals.push(step);
        return;
      }
      case 'evict-all': {
        const step = this.take(index, command, observation, NO_CELL);
        this.deviceCommands.push(step);
        this.evictAlls.push(step);
        return;
      }
      case 'open':
      case 'close': {
        const step = this.take(index, command, observation, NO_CELL);
        this.deviceCommands.push(step);
        this.openings.push(step);
        this.idle.push(step);
        return;
      }
      case 'hot-add': {
        const step = this.take(index, command, observation, NO_CELL);
        this.deviceCommands.push(step);
        this.hotAdds.push(step);
        this.idle.push(step);
        return;
      }
      case 'charge': {
        const step = this.take(index, command, observation, NO_CELL);
        this.charges.push(step);
        this.idle.push(step);
        return;
      }
      case 'swap-on': {
        const step = this.take(index, command, observation, NO_CELL);
        this.swapOns.push(step);
        this.idle.push(step);
        return;
      }
      case 'race':
        this.races.push(this.takeRace(index, command, observation));
        return;
      case 'map':
        this.idle.push(this.#at(index, command, observation));
        return;
      default: {
        const step =
          'page' in command
            ? this.#at(index, command, observation)
            : this.take(index, command, observation, NO_CELL);
        const { entries, migratesBack } = SPECS[command.op].effects;
        if (entries === 'none' && migratesBack === 'never') this.idle.push(step);
      }
    }
  }

  #at<C extends Command & { readonly process: number; readonly page: number }>(
    index: number,
    command: C,
    observation: Observation,
  ): TraceStep<C> {
    return this.take(index, command, observation, this.cell(command.process, command.page));
  }

  #access<C extends Access>(index: number, command: C, observation: Observation): TraceStep<C> {
    const step = this.#at(index, command, observation);
    this.accesses.push(step);
    return step;
  }

  #sortRead(step: TraceStep<Read>): void {
    this.readAttempts.push(step);
    if (step.value >= 0 && typeof step.result === 'number') this.reads.push(step);
  }
}
