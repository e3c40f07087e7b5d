import { type Command, OPS } from '../../spec/vocabulary/command.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import { type Pass, withCommands } from './pass.ts';

/** The longest window that one command is put in place of. */
const WIDEST = 4;

/**
 * Puts one command in place of a window of two or more. Deletion alone stops where two commands do together what a
 * third would do in one step: `unmap, map` for `discard`; `migrate, migrate` for one of the whole range; `fork, exit
 * of the parent` for no fork at all.
 */
export const substituteWindows: Pass = function* (failing) {
  let current = failing;
  const values = [...new Set(current.commands.flatMap((c) => ('value' in c ? [c.value] : [])))].toSorted(
    (a, b) => a - b,
  );
  const substitutes: readonly Command[] = commandsIn(current.scope, {
    ops: new Set(OPS),
    values: values.length > 0 ? values : [1],
  });
  for (let width = Math.min(WIDEST, current.commands.length); width >= 2; width--) {
    for (let start = 0; start + width <= current.commands.length; start++) {
      for (const substitute of substitutes) {
        const smaller = withCommands(current, current.commands.toSpliced(start, width, substitute));
        if (yield smaller) {
          current = smaller;
          break;
        }
      }
    }
  }
  return current;
};
