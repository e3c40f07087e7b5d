import { type Command, type Op, OPS, pinsForReading } from '../../../spec/vocabulary/command.ts';
import { commandsIn } from '../../../spec/vocabulary/commands-in.ts';
import { partsOf } from '../../../spec/vocabulary/parts.ts';
import { LikelyPath } from '../model/likely-path.ts';
import { type Pass, withCommands } from '../pass.ts';

/** Maximum length of a replaced window. */
const WIDEST = 4;
/** A race is not simpler than its two commands, so it is no substitute. */
const SUBSTITUTES: ReadonlySet<Op> = new Set(OPS.filter((op) => op !== 'race'));

/**
 * Shrink pass: replaces a window of two or more commands by one command with the same effect in the model. Deletion
 * alone cannot replace `unmap, map` by `discard`, two migrations by one of the whole range, or `store 1, store 2` by
 * the second store with another value.
 */
export const substituteWindows: Pass = function* (failing) {
  let current = failing;
  const values = [
    ...new Set(current.commands.flatMap(partsOf).flatMap((c) => ('value' in c ? [c.value] : []))),
  ].toSorted((a, b) => a - b);
  const substitutes: readonly Command[] = commandsIn(current.scope, {
    ops: SUBSTITUTES,
    values: values.length > 0 ? values : [1],
    readPins: current.commands.some(pinsForReading),
  });
  let path = new LikelyPath(current);
  for (let width = Math.min(WIDEST, current.commands.length); width >= 2; width--) {
    for (let start = 0; start + width <= current.commands.length; start++) {
      const accessed = processesIn(current.commands.slice(start, start + width));
      const nearby = substitutes.filter((command) =>
        processesIn([command]).every((one) => accessed.includes(one)),
      );
      for (const substitute of path.doLike(start, start + width, nearby)) {
        const smaller = withCommands(current, current.commands.toSpliced(start, width, substitute));
        if (yield smaller) {
          current = smaller;
          path = new LikelyPath(current);
          break;
        }
      }
    }
  }
  return current;
};

/** The processes that commands name; a substitute names no others. */
const processesIn = (commands: readonly Command[]): readonly number[] =>
  commands
    .flatMap(partsOf)
    .flatMap((command) => [
      ...('process' in command ? [command.process] : []),
      ...('child' in command ? [command.child] : []),
    ]);
