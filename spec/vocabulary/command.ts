import { z } from 'zod';
import type { Arguments } from './arguments.ts';
import { type AdmissionRule, COMMANDS, type CommandSpec, type Effects } from './commands.ts';

export {
  Advice,
  Inheritance,
  InjectionKind,
  type Limit,
  MappingKind,
  PinAccess,
  Protection,
  type Remaining,
  type Victim,
  Watch,
} from './arguments.ts';

// The schemas and types that follow from the table of commands.

const rows = Object.values(COMMANDS);

/** The sides that every target with the capability `race` executes, then those that need `race-extended`, too. */
const sides = [
  ...rows.filter((row) => row.race === 'basic'),
  ...rows.filter((row) => row.race === 'extended'),
];

/** A command that may be a side of a race: executed concurrently with another, by another thread or process. */
export const RaceSide = z.discriminatedUnion('op', [
  COMMANDS.fork.side,
  ...sides.map(({ side }) => side).filter((side) => side !== COMMANDS.fork.side),
]);
export type RaceSide = Readonly<z.infer<typeof RaceSide>>;

/** The names of the commands that may be a side of a race. */
export const CONTENDER_OPS: readonly RaceSide['op'][] = sides.map(({ op }) => op);

const contenders: ReadonlySet<string> = new Set(CONTENDER_OPS);

/** Whether a command may be a side without the capability `race-extended`. */
export const isBasicSide = ({ op }: RaceSide): boolean => COMMANDS[op].race === 'basic';

export const isContender = (command: Command): command is RaceSide =>
  contenders.has(command.op) && !(command.op === 'pin' && command.access !== undefined);

/** Two commands that both begin before either ends. Neither is the first. */
const race = z.object({ op: z.literal('race'), left: RaceSide, right: RaceSide });

export const Command = z.discriminatedUnion('op', [
  COMMANDS.spawn.schema,
  ...rows.map(({ schema }) => schema).filter((schema) => schema !== COMMANDS.spawn.schema),
  race,
]);
export type Command = Readonly<z.infer<typeof Command>>;

/** Whether a pin is for reading only. */
export const pinsForReading = (command: Command): boolean =>
  command.op === 'pin' && command.access === 'read';

/** The name of a command. */
export type Op = Command['op'];

/** The command with one name. */
export type CommandOf<O extends Op> = Extract<Command, { readonly op: O }>;

/** A command on one page of a process, or on a range that begins at the page. */
export type PageCommand = Extract<Command, { readonly process: number; readonly page: number }>;

/** A command that is executed by itself. */
export type Single = Exclude<Command, { readonly op: 'race' }>;

/** The names of the commands that are executed by themselves, in the order of the specification. */
export const SINGLE_OPS: readonly Single['op'][] = rows.map(({ op }) => op);

/** All names of commands, in the order of the specification. */
export const OPS: readonly Op[] = [...SINGLE_OPS, 'race'];

/** The names of the commands that have these values in the columns of effects. */
export type OpWithEffects<E extends Partial<Effects>> = {
  [O in Single['op']]: (typeof COMMANDS)[O]['effects'] extends E ? O : never;
}[Single['op']];

/** The names of the commands that are admitted by this rule. */
export type OpAdmittedBy<R extends AdmissionRule> = {
  [O in Single['op']]: (typeof COMMANDS)[O]['admission'] extends R ? O : never;
}[Single['op']];

type Specs = {
  readonly [O in Single['op']]: CommandSpec<CommandOf<O>> & { readonly op: O; readonly arguments: Arguments };
};

/** The descriptions of the commands, in a form in which they can be looked up by a name that is not constant. */
export const SPECS: Specs = COMMANDS;
