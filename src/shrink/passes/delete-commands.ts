import type { Case } from '../../../spec/vocabulary/case.ts';
import { type Pass, withCommands } from '../pass.ts';

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
          // Only single commands are tried to a fix-point: a large window that can go now could go before.
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
