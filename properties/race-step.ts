import type { CommandOf, RaceSide } from '../spec/vocabulary/command.ts';
import type { Observation } from '../spec/vocabulary/observation.ts';
import { type Answer, isBoth } from '../spec/vocabulary/result.ts';
import type { Snapshot } from '../spec/vocabulary/snapshot.ts';
import type { ShadowState } from './shadow-state.ts';
import type { Mapping } from './mapping-table.ts';
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
