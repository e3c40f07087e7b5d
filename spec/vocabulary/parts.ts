import { type Command, type CommandOf, isContender, type Op, type Single } from './command.ts';
import { blockIn, blockStart, type Scope } from './scope.ts';

/** The parts of a command: the two sides of a race, any other command itself. */
export const partsOf = (command: Command): readonly Single[] =>
  command.op === 'race' ? [command.left, command.right] : [command];

/** The commands on each page of a block that a command with `whole` stands for; any other command itself. */
export function pageByPage(command: Single, scope: Scope): readonly Single[] {
  if (!('whole' in command) || command.whole !== true) return [command];
  const block = blockIn(scope);
  const first = blockStart(scope, command.page) ?? command.page;
  const { whole: _, ...single } = command;
  return Array.from({ length: block }, (_item, part) =>
    single.op === 'move'
      ? { ...single, page: first + part, to: single.to - (single.to % block) + part }
      : { ...single, page: first + part },
  );
}

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
