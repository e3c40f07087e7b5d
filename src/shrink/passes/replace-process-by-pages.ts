import type { Command, Single } from '../../../spec/vocabulary/command.ts';
import { withParts } from '../../../spec/vocabulary/parts.ts';
import { type Pass, withCommands } from '../pass.ts';
import { renamed, SAME } from '../rename.ts';

/**
 * Shrink pass: moves the commands of a spawned process to further pages of process 0 and removes the spawn. Two
 * unrelated processes are equivalent to two pages if nothing is shared.
 *
 * @example `spawn 1, map page 0 of 1, load page 0 of 1` becomes `map page 1 of 0, load page 1 of 0`
 */
export const replaceProcessByPages: Pass = function* (failing) {
  let current = failing;
  for (let at = current.commands.length - 1; at >= 0; at--) {
    const spawn = current.commands[at];
    if (spawn?.op !== 'spawn') continue;
    const { pages } = current.scope;
    const moved = (part: Single): Command =>
      'process' in part && part.process === spawn.process
        ? renamed(part, { ...SAME, process: () => 0, page: (page) => page + pages })
        : part;
    const after = current.commands.slice(at + 1).map((command) => withParts(command, moved));
    const smaller = {
      ...withCommands(current, [...current.commands.slice(0, at), ...after]),
      scope: { ...current.scope, pages: 2 * pages },
    };
    if (2 * pages <= 16 && (yield smaller)) current = smaller;
  }
  return current;
};
