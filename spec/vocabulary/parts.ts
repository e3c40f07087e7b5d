import { type Command, type CommandOf, isContender, type Op } from './command.ts';

/** A command that is done by itself. */
export type Single = Exclude<Command, { readonly op: 'race' }>;

/** The commands that a command is made of: the two of a race; of any other itself. */
export const partsOf = (command: Command): readonly Single[] =>
  command.op === 'race' ? [command.left, command.right] : [command];

/** The names that a slice of the vocabulary must have for this command to be in it. */
export const opsOf = (command: Command): readonly Op[] =>
  command.op === 'race' ? [command.op, command.left.op, command.right.op] : [command.op];

/** Whether a command is anything but a race, or a race of two such commands as one of these is. */
export const isNoOtherRace = (command: Command, known: readonly Command[]): boolean =>
  command.op !== 'race' || known.some((other) => other.op === 'race' && pairOf(other) === pairOf(command));

const pairOf = ({ left, right }: CommandOf<'race'>): string => [left.op, right.op].toSorted().join();

/** A command with all its parts changed; left as it is where a race would not be one any more. */
export function withParts(command: Command, change: (part: Single) => Command): Command {
  if (command.op !== 'race') return change(command);
  const [left, right] = [change(command.left), change(command.right)];
  return isContender(left) && isContender(right) ? { ...command, left, right } : command;
}
