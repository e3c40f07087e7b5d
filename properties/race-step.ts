import type { CommandOf, RaceSide } from '../spec/vocabulary/command.ts';
import type { Observation } from '../spec/vocabulary/observation.ts';
import { type Answer, isBoth } from '../spec/vocabulary/result.ts';
import type { Snapshot } from '../spec/vocabulary/snapshot.ts';
import type { ShadowState } from './shadow-state.ts';
import { isMapped, type Mapping, mayRead, mayWrite } from './mapping-table.ts';
import { NO_CELL, TraceStep } from './step.ts';

/**
 * One of the two commands of a race, its result, and the state of the first page that it names before both commands.
 */
export interface Side {
  readonly command: RaceSide;
  /** Undefined where the result does not have the form of a race result. */
  readonly answer: Answer | undefined;
  /** NO_CELL for a command that names no page. */
  readonly cell: number;
  readonly mapping: Mapping;
  readonly code: number;
  /** The value that a load would return before the race; negative where it would return none. */
  readonly value: number;
}

type Pair = readonly [Side, Side];

/** Two concurrent commands. Observations such as callbacks and snapshots belong to both together. */
export class RaceStep extends TraceStep<CommandOf<'race'>> {
  /** Each side, with the other one beside it. */
  readonly pairs: readonly [Pair, Pair];
  /** Whether any control group has a limit. */
  readonly isLimited: boolean;
  /** The number of pages of a process. */
  readonly pages: number;

  constructor(
    index: number,
    command: CommandOf<'race'>,
    observation: Observation,
    previous: TraceStep | undefined,
    lastShown: Snapshot | undefined,
    shadow: ShadowState,
  ) {
    super(index, command, observation, previous, lastShown, NO_CELL, shadow);
    const { result } = observation;
    const answers = isBoth(result) ? result : undefined;
    const left = sideOf(command.left, answers?.left, shadow);
    const right = sideOf(command.right, answers?.right, shadow);
    this.pairs = [
      [left, right],
      [right, left],
    ];
    this.isLimited = shadow.charges.isLimited;
    this.pages = shadow.pages;
  }
}

function sideOf(command: RaceSide, answer: Answer | undefined, shadow: ShadowState): Side {
  const cell = 'page' in command ? shadow.cell(command) : NO_CELL;
  const { mappings, memory } = shadow;
  return {
    command,
    answer,
    cell,
    mapping: mappings.at(cell),
    code: memory.code(cell),
    value: memory.read(cell),
  };
}

type Op = RaceSide['op'];

const READS: ReadonlySet<Op> = new Set(['load', 'kernel-load', 'peek', 'device-load'] as const);
const WRITES: ReadonlySet<Op> = new Set([
  'store',
  'kernel-store',
  'device-store',
  'pin',
  'make-exclusive',
  'device-exchange',
] as const);
/** The sides that may call page_fault for the page that they name. */
const ACCESSES: ReadonlySet<Op> = new Set([
  'load',
  'store',
  'kernel-load',
  'kernel-store',
  'pin',
  'make-exclusive',
  'device-load',
  'device-store',
  'protect',
] as const);

export const reads = ({ command }: Side): boolean => READS.has(command.op);
export const mayCall = ({ command }: Side): boolean => ACCESSES.has(command.op);

/** Whether the mapping before the race permits it. */
export const sidePermits = ({ command, mapping }: Side): boolean =>
  isMapped(mapping) && (WRITES.has(command.op) ? mayWrite(mapping) : mayRead(mapping));

/** Whether two sides name one page of one process. */
export const areAtOnePage = (side: Side, other: Side): boolean => side.cell >= 0 && side.cell === other.cell;

/** Whether the other side changes the mapping or the protection of this side's page. */
export function changesMapping(other: Side, side: Side, pages: number): boolean {
  const { command } = other;
  switch (command.op) {
    case 'unmap':
    case 'protect':
      return areAtOnePage(side, other);
    case 'move':
      return areAtOnePage(side, other) || isDestination(other, side.cell, pages);
    case 'exit':
      return side.cell >= 0 && Math.floor(side.cell / pages) === command.process;
    case 'fork':
    case 'discard':
    case 'load':
    case 'store':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
    case 'device-load':
    case 'device-store':
    case 'pin':
    case 'unpin':
    case 'detach':
    case 'kernel-load':
    case 'kernel-store':
    case 'peek':
    case 'close':
    case 'make-exclusive':
    case 'device-exchange':
      return false;
  }
}

/** Whether a side moves a mapping to this cell. */
export const isDestination = ({ command }: Side, cell: number, pages: number): boolean =>
  command.op === 'move' && command.process * pages + command.to === cell;

/** Whether the other side unpopulates the page of this one. */
export const empties = (other: Side, side: Side): boolean =>
  areAtOnePage(side, other) && (other.command.op === 'discard' || other.command.op === 'move');

/** Whether the other side detaches or closes the device through which this one acts. */
export function endsDevice({ command: other }: Side, { command }: Side): boolean {
  if (other.op !== 'detach' && other.op !== 'close') return false;
  return 'device' in command && (command.device ?? 0) === (other.device ?? 0);
}

/** Whether a side has read or written its page. */
export const hasWorked = (side: Side): boolean =>
  typeof side.answer === 'number' || side.answer === 'ok' || (reads(side) && side.answer === 'torn');
