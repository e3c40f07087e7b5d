import type { Profile } from '../spec/profiles/profile.ts';
import { PROFILES } from '../spec/profiles/profiles.ts';
import type { Capability } from '../spec/vocabulary/capability.ts';
import type { Command, CommandOf } from '../spec/vocabulary/command.ts';
import type { Observation } from '../spec/vocabulary/observation.ts';
import type { Scope } from '../spec/vocabulary/scope.ts';
import { frameOf, isDeviceEntry, type Snapshot } from '../spec/vocabulary/snapshot.ts';
import type { Trace } from '../spec/vocabulary/trace.ts';
import { Bookkeeping } from './bookkeeping.ts';
import { isHost, zeros } from './mapping-table.ts';
import { type Names, NO_CELL, Step } from './step.ts';

export type Touch = CommandOf<'load' | 'store' | 'pin'>;
export type Migration = CommandOf<'migrate-to-device' | 'migrate-to-system' | 'evict'>;
export type Removal = CommandOf<'unmap' | 'discard' | 'exit'>;
export type Read = CommandOf<'load' | 'device-load' | 'unpin'>;
export type DeviceAccess = CommandOf<'device-load' | 'device-store'>;

const NO_NAMES: Names = Object.freeze([]);

/**
 * What all properties need of a trace, worked out once: its steps, sorted by what they are about, so that a property
 * looks only at those that concern it. Where an answer leaves nobody knowing what memory holds, the reading ends
 * with that step: the property that the answer breaks sees it, and the others are not led astray.
 */
export class Reading {
  readonly trace: Trace;
  readonly profile: Profile;
  readonly scope: Scope;
  readonly capabilities: ReadonlySet<Capability>;

  /** Every command that was sent. */
  readonly steps: Step[] = [];
  /** Steps with callbacks. */
  readonly eventful: Step[] = [];
  /** Steps after which anything of the state was shown. */
  readonly booked: Step[] = [];
  /** Of these, the ones with entries. */
  readonly shown: Step[] = [];
  /** Of these, the ones after which anything about entries may be other than where they were shown last. */
  readonly anew: Step[] = [];
  /** Steps with the entries both before and after. */
  readonly compared: Step[] = [];
  /** Steps that name one host page, or begin at one. */
  readonly atHost: Step[] = [];
  /** Steps that have nothing to do with pages that are there. */
  readonly idle: Step[] = [];
  /** Steps that ask for a value. */
  readonly readAttempts: Step<Read>[] = [];
  /** Of these, the ones that were answered with a value where flat memory knows it. */
  readonly reads: Step<Read>[] = [];
  readonly touches: Step<Touch>[] = [];
  readonly pinnings: Step<CommandOf<'pin'>>[] = [];
  readonly unpinnings: Step<CommandOf<'unpin'>>[] = [];
  readonly deviceAccesses: Step<DeviceAccess>[] = [];
  readonly migrations: Step<Migration>[] = [];
  readonly removals: Step<Removal>[] = [];
  readonly forks: Step<CommandOf<'fork'>>[] = [];
  readonly protections: Step<CommandOf<'protect'>>[] = [];
  readonly attachments: Step<CommandOf<'attach' | 'detach'>>[] = [];
  readonly swapOns: Step<CommandOf<'swap-on'>>[] = [];

  readonly #books: Bookkeeping;
  #last: Step | undefined = undefined;
  #lastShown: Snapshot | undefined = undefined;

  constructor(trace: Trace) {
    this.trace = trace;
    this.profile = PROFILES[trace.case.profile];
    this.scope = trace.case.scope;
    this.capabilities = trace.capabilities;
    this.#books = new Bookkeeping(this.profile, this.scope);
    const { commands } = trace.case;
    const { observations } = trace;
    for (let index = 0; index < observations.length; index++) {
      const command = commands[index];
      const observation = observations[index];
      if (command === undefined || observation === undefined) continue;
      this.#sort(index, command, observation);
      if (!this.#books.note(command, observation.result)) break;
      this.#last?.close(this.#books);
      this.#look();
    }
  }

  cell(process: number, page: number): number {
    return process * this.scope.pages + page;
  }

  #sort(index: number, command: Command, observation: Observation): void {
    switch (command.op) {
      case 'load': {
        const step = this.#take(index, command, observation, this.cell(command.process, command.page));
        this.touches.push(step);
        this.#sortRead(step);
        return;
      }
      case 'store':
        this.touches.push(this.#take(index, command, observation, this.cell(command.process, command.page)));
        return;
      case 'pin': {
        const step = this.#take(index, command, observation, this.cell(command.process, command.page));
        this.touches.push(step);
        this.pinnings.push(step);
        return;
      }
      case 'unpin': {
        const step = this.#take(index, command, observation, NO_CELL);
        this.unpinnings.push(step);
        this.#sortRead(step);
        return;
      }
      case 'device-load': {
        const step = this.#take(index, command, observation, this.cell(command.process, command.page));
        this.deviceAccesses.push(step);
        this.#sortRead(step);
        return;
      }
      case 'device-store':
        this.deviceAccesses.push(
          this.#take(index, command, observation, this.cell(command.process, command.page)),
        );
        return;
      case 'migrate-to-device':
      case 'migrate-to-system':
      case 'evict':
        this.migrations.push(
          this.#take(index, command, observation, this.cell(command.process, command.page)),
        );
        return;
      case 'unmap':
      case 'discard':
        this.removals.push(this.#take(index, command, observation, this.cell(command.process, command.page)));
        return;
      case 'exit':
        this.removals.push(this.#take(index, command, observation, NO_CELL));
        return;
      case 'fork':
        this.forks.push(this.#take(index, command, observation, NO_CELL));
        return;
      case 'protect':
        this.protections.push(
          this.#take(index, command, observation, this.cell(command.process, command.page)),
        );
        return;
      case 'attach':
      case 'detach':
        this.attachments.push(this.#take(index, command, observation, NO_CELL));
        return;
      case 'swap-on': {
        const step = this.#take(index, command, observation, NO_CELL);
        this.swapOns.push(step);
        this.idle.push(step);
        return;
      }
      case 'map':
        this.idle.push(this.#take(index, command, observation, this.cell(command.process, command.page)));
        return;
      case 'spawn':
      case 'inject':
      case 'heal':
      case 'inspect':
        this.idle.push(this.#take(index, command, observation, NO_CELL));
        return;
    }
  }

  #sortRead(step: Step<Read>): void {
    this.readAttempts.push(step);
    if (step.value >= 0 && typeof step.result === 'number') this.reads.push(step);
  }

  #take<C extends Command>(index: number, command: C, observation: Observation, cell: number): Step<C> {
    const before = this.#last?.state;
    const step = new Step(index, command, observation, before, this.#lastShown, cell, this.#books);
    this.steps.push(step);
    if (step.events.length > 0) this.eventful.push(step);
    if (isHost(step.mapping)) this.atHost.push(step);
    if (step.state !== undefined) this.#lastShown = step.state;
    this.#compare(step);
    this.#last = step;
    return step;
  }

  #compare(step: Step): void {
    const { before, after } = step;
    if (after === undefined) return;
    if (before === undefined) {
      step.names = namesIn(after, this.scope.frames);
      return;
    }
    let changed = 0;
    for (let cell = 0; cell < after.length; cell++) if (after[cell] !== before[cell]) changed++;
    step.changed = changed;
    step.namesBefore = this.#last?.names;
    step.names = changed === 0 ? step.namesBefore : namesIn(after, this.scope.frames);
    this.compared.push(step);
  }

  /** What must hold of entries at rest is looked at only where anything about them is new. */
  #look(): void {
    const step = this.#last;
    if (step?.state === undefined) return;
    this.booked.push(step);
    if (step.after === undefined) return;
    this.shown.push(step);
    const same =
      step.changed === 0 &&
      step.row === step.rowBefore &&
      step.mappings === step.mappingsBefore &&
      step.pins === step.pinsBefore;
    if (!same) this.anew.push(step);
  }
}

function namesIn(entries: readonly number[], frames: number): Names {
  if (frames === 0) return NO_NAMES;
  const names = zeros(frames);
  for (const entry of entries) {
    if (!isDeviceEntry(entry)) continue;
    const frame = frameOf(entry);
    names[frame] = (names[frame] ?? 0) + 1;
  }
  return names;
}

let latest: Reading | undefined;

/** The reading of a trace. Properties are asked about one trace after the other: the latest is kept. */
export function readingOf(trace: Trace): Reading {
  if (latest?.trace !== trace) latest = new Reading(trace);
  return latest;
}
