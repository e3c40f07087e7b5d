import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command, CommandOf } from '../../../spec/vocabulary/command.ts';
import { type Pass, withCommands } from '../pass.ts';

/** The number of races in a case. */
export const racesIn = ({ commands }: Pick<Case, 'commands'>): number =>
  commands.filter(({ op }) => op === 'race').length;

/** Whether one case is simpler than another: it has fewer races, or as many and fewer commands. */
export function isSimpler(one: Pick<Case, 'commands'>, other: Pick<Case, 'commands'>): boolean {
  const races = racesIn(one) - racesIn(other);
  return races !== 0 ? races < 0 : one.commands.length < other.commands.length;
}

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
