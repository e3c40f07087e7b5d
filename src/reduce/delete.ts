import { type Pass, withCommands } from './pass.ts';

/**
 * Deletes commands: large windows first, because most of a random case has nothing to do with its failure, then ever
 * smaller ones, down to single commands until none can go. From the end backwards: what comes late rarely carries what
 * comes early, so fewer proposals fail.
 */
export const deleteCommands: Pass = function* (failing) {
  let current = failing;
  for (let size = Math.floor(current.commands.length / 2); size >= 1; size = Math.floor(size / 2)) {
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
