import type { Case } from '../../../spec/vocabulary/case.ts';
import { type Pass, withCommands } from '../pass.ts';
import { type Command, type CommandOf, OPS, pinsForReading } from '../../../spec/vocabulary/command.ts';
import { commandsIn } from '../../../spec/vocabulary/commands-in.ts';
import { partsOf } from '../../../spec/vocabulary/parts.ts';
import { LikelyPath } from '../model/likely-step.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';

/**
 * Shrink pass: deletes windows of commands, large ones first, because most of a random case is unrelated to its
 * failure, and then smaller ones down to single commands. It works from the end backwards: later commands are rarely
 * needed by earlier ones, so fewer candidates pass.
 */
export const deleteCommands: Pass = function* (failing) {
  let current = failing;
  for (let size = widest(current); size >= 1; size = Math.floor(size / 2)) {
    for (let again = true; again;) {
      again = false;
      for (
        let end = current.commands.length;
        end >= size;
        end = Math.min(end - size, current.commands.length)
      ) {
        const smaller = withCommands(current, [
          ...current.commands.slice(0, end - size),
          ...current.commands.slice(end),
        ]);
        if (yield smaller) {
          current = smaller;
          // Only single commands are tried until nothing changes: a large window that can be deleted now could be deleted before.
          again = size === 1;
        }
      }
    }
  }
  return current;
};

/** Cases up to this length need most of their commands, so that windows are rarely removable. */
const SHORT = 12;

const widest = ({ commands: { length } }: Case): number => (length <= SHORT ? 1 : Math.floor(length / 2));

/** Maximum length of a case in which all pairs of commands are tried. */
export const LONGEST_FOR_PAIRS = 60;

/**
 * Shrink pass: deletes two commands at any positions, for example a fork and the exit of its child, or an injection and
 * its heal. If no single command and no pair can be deleted, the case is 2-minimal.
 */
export const deletePairs: Pass = function* (failing) {
  let current = failing;
  for (let again = current.commands.length <= LONGEST_FOR_PAIRS; again;) {
    again = false;
    const { commands } = current;
    for (let late = commands.length - 1; late > 0 && !again; late--) {
      for (let early = late - 1; early >= 0 && !again; early--) {
        const smaller = withCommands(current, commands.toSpliced(late, 1).toSpliced(early, 1));
        if (!(yield smaller)) continue;
        current = smaller;
        again = true;
      }
    }
  }
  return current;
};

/** Maximum length; the number of candidates grows with the cube of the length. */
const LONGEST = 10;

/**
 * Shrink pass: deletes one command and at the same time moves another or changes its arguments. Only candidates whose
 * last command has the same meaning in the model are proposed.
 *
 * @example `map write, migrate, protect read, discard` is equivalent to `map read, migrate, discard`, but fails neither
 *   without the protect nor with the other map alone.
 * @example `map, store, fork, migrate` needs its store only because the fork comes before the migration.
 */
export const deleteAndChange: Pass = function* (failing) {
  let current = failing;
  for (let again = current.commands.length <= LONGEST; again;) {
    again = false;
    const meaning = new LikelyPath(current).meaning;
    for (const commands of deletionsWithChange(current)) {
      const smaller = withCommands(current, commands);
      if (new LikelyPath(smaller).meaning !== meaning) continue;
      if (!(yield smaller)) continue;
      current = smaller;
      again = true;
      break;
    }
  }
  return current;
};

/** Whether a command is at the same place and differs in other arguments; places have passes of their own. */
const isVariant = (other: Command, command: Command): boolean =>
  other.op === command.op && placeOf(other) === placeOf(command);

const placeOf = (command: Command): string =>
  ('process' in command ? `${command.process}` : '') + ('page' in command ? ` ${command.page}` : '');

function* deletionsWithChange(testCase: Case): Generator<readonly Command[]> {
  const values = new Set(
    testCase.commands.flatMap(partsOf).flatMap((command) => ('value' in command ? [command.value] : [])),
  );
  const all = commandsIn(testCase.scope, {
    ops: new Set(OPS.filter((op) => op !== 'race')),
    values: [...values],
    readPins: testCase.commands.some(pinsForReading),
  });
  for (let gone = testCase.commands.length - 1; gone >= 0; gone--) {
    const rest = testCase.commands.toSpliced(gone, 1);
    for (const [at, command] of rest.entries()) {
      const others = rest.toSpliced(at, 1);
      for (let place = 0; place <= others.length; place++) {
        if (place !== at) yield others.toSpliced(place, 0, command);
      }
      for (const other of all) if (isVariant(other, command)) yield rest.with(at, other);
      // Many commands give a process a page of its own; a store is the simplest.
      if ('page' in command && command.op !== 'store') {
        yield rest.with(at, { op: 'store', process: command.process, page: command.page, value: 1 });
      }
    }
  }
}

/** A case without commands that are not admitted, which is the same case for any target. */
export function withoutUnsent(testCase: Case): Case {
  const admission = new Admission(testCase.scope, testCase.profile);
  const commands = testCase.commands.filter((command) => admission.admit(command) === undefined);
  return commands.length === testCase.commands.length ? testCase : withCommands(testCase, commands);
}

/** The number of races in a case. */
export const racesIn = ({ commands }: Pick<Case, 'commands'>): number =>
  commands.filter(({ op }) => op === 'race').length;

/**
 * Compares cases by simplicity: fewer races first, then fewer commands. A race costs more than any number of commands
 * without one.
 */
export const bySimplicity = (one: Pick<Case, 'commands'>, other: Pick<Case, 'commands'>): number =>
  racesIn(one) - racesIn(other) || one.commands.length - other.commands.length;

/** Whether one case is simpler than another. */
export const isSimpler = (one: Pick<Case, 'commands'>, other: Pick<Case, 'commands'>): boolean =>
  bySimplicity(one, other) < 0;

/** The two sequential orders of the commands of a race. */
export const ordersOf = ({ left, right }: CommandOf<'race'>): readonly (readonly Command[])[] => [
  [left, right],
  [right, left],
];

/**
 * Shrink pass: replaces a race by its two commands in sequence. A race is more complex than any number of sequential
 * commands, because a reader must consider every interleaving. An interrupted command may restart, so each order is
 * also proposed with its first command repeated.
 *
 * @example `map, race(migrate, load), fork, store` and `map, migrate, load, fork, store`
 */
export const splitRaces: Pass = function* (failing) {
  let current = failing;
  for (let at = 0; at < current.commands.length; at++) {
    const command = current.commands[at];
    if (command?.op !== 'race') continue;
    const orders = ordersOf(command);
    for (const sequence of [...orders, ...orders.map((order) => [...order, ...order.slice(0, 1)])]) {
      const sequential = withCommands(current, current.commands.toSpliced(at, 1, ...sequence));
      if (!(yield sequential)) continue;
      current = sequential;
      break;
    }
  }
  return current;
};
