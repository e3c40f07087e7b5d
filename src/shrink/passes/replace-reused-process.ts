import type { Command } from '../../../spec/vocabulary/command.ts';
import { MAX_PROCESSES } from '../../../spec/vocabulary/scope.ts';
import { type Pass, withCommands } from '../pass.ts';
import { renamed, SAME } from '../rename.ts';

/**
 * Shrink pass: removes an exit that only frees a process name; the next process gets a name of its own.
 *
 * @example `fork 0 into 1, exit 0, fork 1 into 0` becomes `fork 0 into 1, fork 1 into 2`
 */
export const replaceReusedProcess: Pass = function* (failing) {
  let current = failing;
  for (let at = current.commands.length - 2; at >= 0; at--) {
    const exit = current.commands[at];
    const { processes } = current.scope;
    if (exit?.op !== 'exit' || processes >= MAX_PROCESSES) continue;
    const after = current.commands.slice(at + 1);
    if (!after.some((command) => beginsIn(command) === exit.process)) continue;
    const process = (item: number): number => (item === exit.process ? processes : item);
    const taken = after.map((command) => renamed(command, { ...SAME, process }));
    const smaller = {
      ...withCommands(current, [...current.commands.slice(0, at), ...taken]),
      scope: { ...current.scope, processes: processes + 1 },
    };
    if (yield smaller) current = smaller;
  }
  return current;
};

/** The process that a command creates. */
const beginsIn = (command: Command): number | undefined =>
  command.op === 'fork' ? command.child : command.op === 'spawn' ? command.process : undefined;
