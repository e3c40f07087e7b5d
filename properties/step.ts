import type { Command } from '../spec/vocabulary/command.ts';
import type { DriverEvent } from '../spec/vocabulary/event.ts';
import type { Observation } from '../spec/vocabulary/observation.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import type { Snapshot } from '../spec/vocabulary/snapshot.ts';
import type { DeviceStates, ShadowState } from './shadow-state.ts';
import { BELOW_LIMIT, type Bounds } from './charges.ts';
import { isObject, NO_VALUE } from './contents.ts';
import { NOT_EXCLUSIVE } from './exclusive-entries.ts';
import { EITHER } from './soft-dirty.ts';
import { isMapped, mayRead, mayWrite, type Mapping } from './mapping-table.ts';

/** For a step that names no page. */
export const NO_CELL = -1;

/** The use of the device frames, by frame: the number of entries that name it. */
export type Names = readonly number[];

/**
 * One command that was sent, the observations after it, and the state that the commands and results before it imply.
 */
export class TraceStep<C extends Command = Command> {
  /** Its index in the case. */
  readonly index: number;
  readonly command: C;
  readonly result: Result;
  readonly events: readonly DriverEvent[];
  /** The number of `page_fault` events. */
  readonly faults: number;

  /** The last snapshot before it, at any distance. */
  readonly lastShown: Snapshot | undefined;
  /** The snapshot right before it, if there is one. */
  readonly stateBefore: Snapshot | undefined;
  readonly state: Snapshot | undefined;
  readonly before: readonly number[] | undefined;
  after: readonly number[] | undefined;
  /** The number of entries that it changed; -1 where this cannot be observed. */
  changed = -1;
  readonly namesBefore: Names | undefined;
  names: Names | undefined = undefined;

  /** The page that it names (of a range, the first) as an index into rows and entries; or NO_CELL. */
  readonly cell: number;
  /** The mapping of that page and its content in flat memory, before the step. */
  readonly mapping: Mapping;
  readonly code: number;
  /** The value that it must return, if it reads a value that is known; the traits of the content that it reads. */
  readonly value: number;
  readonly traits: number;

  readonly mappingsBefore: readonly Mapping[];
  readonly rowBefore: readonly number[];
  readonly pinsBefore: readonly number[];
  readonly devicesBefore: DeviceStates;
  /** The kinds of injection that may have strikes left; that could strike here; that must strike here. */
  readonly active: number;
  readonly mayFailBy: number;
  readonly mustFailBy: number;
  /** Whether the process's group is at its limit, and whether the entry is exclusive, before the step. */
  readonly atLimit: number;
  readonly exclusivity: number;
  /** For a query: whether the page is dirty; the number of pages that the group is charged for. */
  readonly dirtiness: number;
  readonly bounds: Bounds | undefined;

  mappings: readonly Mapping[];
  row: readonly number[];
  pins: readonly number[];
  devices: DeviceStates;
  /** The number of objects that any process or slot holds after it. */
  held = 0;

  constructor(
    index: number,
    command: C,
    observation: Observation,
    previous: TraceStep | undefined,
    lastShown: Snapshot | undefined,
    cell: number,
    shadow: ShadowState,
  ) {
    const { memory, injected } = shadow;
    this.index = index;
    this.command = command;
    this.result = observation.result;
    this.events = observation.events;
    let faults = 0;
    for (const { event } of observation.events) if (event === 'fault') faults++;
    this.faults = faults;
    this.lastShown = lastShown;
    this.stateBefore = previous?.state;
    this.state = observation.state;
    this.before = previous?.after;
    this.after = observation.state?.entries;
    this.namesBefore = previous?.names;
    this.cell = cell;
    this.mappingsBefore = this.mappings = shadow.mappings.row;
    this.rowBefore = this.row = memory.row;
    this.pinsBefore = this.pins = memory.pins;
    this.devicesBefore = this.devices = shadow.devices;
    this.active = injected.active;
    if (cell === NO_CELL) {
      this.mapping = 0;
      this.code = command.op === 'unpin' ? (memory.pins[command.slot] ?? 0) : 0;
      this.value = command.op === 'unpin' ? memory.readPinned(command.slot) : NO_VALUE;
      this.mayFailBy = 0;
      this.mustFailBy = 0;
      this.atLimit = BELOW_LIMIT;
      this.exclusivity = NOT_EXCLUSIVE;
      this.dirtiness = EITHER;
    } else {
      this.mapping = this.mappingsBefore[cell] ?? 0;
      this.code = memory.row[cell] ?? 0;
      this.value = memory.read(cell);
      this.mayFailBy = injected.mayFailBy(memory.row, cell);
      this.mustFailBy = injected.mustFailBy(memory.row, cell);
      this.atLimit = shadow.charges.isLimited
        ? shadow.charges.atLimit(Math.trunc(cell / shadow.pages), memory.contents)
        : BELOW_LIMIT;
      this.exclusivity = shadow.exclusives.atFor(cell, this.device);
      this.dirtiness = command.op === 'soft-dirty' ? (shadow.softDirty?.at(cell) ?? EITHER) : EITHER;
    }
    this.bounds = command.op === 'charge' ? shadow.charges.bounds(command.group, memory.contents) : undefined;
    this.traits = memory.contents.traits(this.code);
  }

  /** Records the shadow state after it. */
  close({ memory, mappings, devices }: ShadowState): void {
    this.mappings = mappings.row;
    this.row = memory.row;
    this.pins = memory.pins;
    this.devices = devices;
    this.held = memory.contents.held;
  }

  /** The number of times that the driver freed this frame, or allocated it. */
  count(event: 'free' | 'alloc', frame: number): number {
    let count = 0;
    for (const one of this.events) if (one.event === event && one.frame === frame) count++;
    return count;
  }

  /** The number of processes that shared the object here before the step. */
  get sharersBefore(): number {
    if (!isObject(this.code)) return 0;
    let sharers = 0;
    for (const code of this.rowBefore) if (code === this.code) sharers++;
    return sharers;
  }

  /** Whether the mapping permits the access. */
  permits(write: boolean): boolean {
    return isMapped(this.mapping) && (write ? mayWrite(this.mapping) : mayRead(this.mapping));
  }

  /** The device that the command names; the first, where it names none. */
  get device(): number {
    const { command } = this;
    return 'device' in command ? (command.device ?? 0) : 0;
  }

  /** Whether that device was attached before it. */
  get attached(): boolean {
    return this.devicesBefore.isAttached(this.device);
  }

  /** Whether that device was attached and open. */
  get usable(): boolean {
    return this.devicesBefore.isUsable(this.device);
  }
}
