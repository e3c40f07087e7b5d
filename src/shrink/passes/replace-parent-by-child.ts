import { type Pass, withCommands } from '../pass.ts';
import { renamed, SAME } from '../rename.ts';

const exchanged =
  (one: number, other: number) =>
  (item: number): number =>
    item === one ? other : item === other ? one : item;

/**
 * Shrink pass: removes a fork, and the exit of the parent if there is one, and exchanges parent and child from there
 * on.
 *
 * @example `map in 0, fork 0 into 1, exit 0, migrate in 1, fork 1 into 0` becomes `map in 0, migrate in 0, fork 0 into
 *   1`
 */
export const replaceParentByChild: Pass = function* (failing) {
  let current = failing;
  for (let at = current.commands.length - 1; at >= 0; at--) {
    const fork = current.commands[at];
    if (fork?.op !== 'fork') continue;
    const { process: parent, child } = fork;
    const before = current.commands.slice(0, at);
    const after = current.commands.slice(at + 1);
    const exit = after.findIndex((command) => command.op === 'exit' && command.process === parent);
    const place = exchanged(parent, child);
    const taken = (exit < 0 ? after : after.toSpliced(exit, 1)).map((command) =>
      renamed(command, { ...SAME, process: place }),
    );
    const smaller = withCommands(current, [...before, ...taken]);
    if (yield smaller) current = smaller;
  }
  return current;
};
