import type { Case } from '../../spec/vocabulary/case.ts';
import { type Pass, withCommands } from './pass.ts';

/**
 * Deletes commands: large windows first, because most of a random case has nothing to do with its failure, then ever
 * smaller ones, down to single commands until none can go. From the end backwards: what comes late rarely carries what
 * comes early, so fewer proposals fail.
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

/** In a case of up to this length most commands are needed, and windows of them rarely go. */
const SHORT = 12;

const widest = ({ commands: { length } }: Case): number => (length <= SHORT ? 1 : Math.floor(length / 2));

/** How long a case may be for all pairs of its commands to be tried. */
export const LONGEST_FOR_PAIRS = 60;

/**
 * Deletes two commands at once, wherever they stand: a fork and the exit of its child, an injection and its healing. When
 * no pair can go and no single command, the case is 2-minimal.
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
