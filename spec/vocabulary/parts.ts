import { type Command, type CommandOf, isContender, type Op, type Single } from './command.ts';

/** The parts of a command: the two sides of a race, any other command itself. */
export const partsOf = (command: Command): readonly Single[] =>
  command.op === 'race' ? [command.left, command.right] : [command];

/** The names that a slice of the vocabulary must have for this command to be in it. */
export const opsOf = (command: Command): readonly Op[] =>
  command.op === 'race' ? [command.op, command.left.op, command.right.op] : [command.op];

/** Whether a command is not a race, or a race of two commands with the names of a known race. */
export const isNoOtherRace = (command: Command, known: readonly Command[]): boolean =>
  command.op !== 'race' || known.some((other) => other.op === 'race' && pairOf(other) === pairOf(command));

const pairOf = ({ left, right }: CommandOf<'race'>): string => [left.op, right.op].toSorted().join();

/** A command with all its parts changed; unchanged if a changed part cannot be a side of a race. */
export function withParts(command: Command, change: (part: Single) => Command): Command {
  if (command.op !== 'race') return change(command);
  const [left, right] = [change(command.left), change(command.right)];
  return isContender(left) && isContender(right) ? { ...command, left, right } : command;
}
