import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { simpler } from '../reduce/arguments.ts';
import { CORE, roomFor } from './certify.ts';

/** Commands of which all cases up to some length are tried. */
interface Alphabet {
  readonly scope: Scope;
  readonly commands: readonly Command[];
}

/**
 * What something shorter is looked for among, from the very commands of a case to all that are like them. The fewer there
 * are, the farther a search comes; the more there are, the less it needs to come far.
 */
export function alphabetsFor({ commands, scope }: Case): readonly Alphabet[] {
  const own = new Set(commands.map(({ op }) => op));
  const core = new Set([...CORE, ...own]);
  const alike = (command: Command): boolean => isAlike(command, commands);
  const variants = commands.flatMap((command) => [command, ...simpler(command)]);
  const room = roomFor(scope);
  const page = { ...room, pages: 1 };
  return [
    { scope, commands: distinct(commands) },
    { scope, commands: distinct(variants) },
    { scope, commands: commandsIn(scope, { ops: own, values: [1] }).filter(alike) },
    { scope, commands: commandsIn(scope, { ops: core, values: [1] }).filter(alike) },
    { scope: page, commands: commandsIn(page, { ops: core, values: [1] }).filter(alike) },
    { scope: room, commands: commandsIn(room, { ops: core, values: [1] }).filter(alike) },
  ];
}

const distinct = (commands: readonly Command[]): readonly Command[] => [
  ...new Map(commands.map((command) => [JSON.stringify(command), command])).values(),
];

/** Whether a command is of the kinds that a case has: of mappings, injections, advice and watches there are many. */
function isAlike(command: Command, commands: readonly Command[]): boolean {
  switch (command.op) {
    case 'map':
      return (
        command.kind === 'private' ||
        commands.some((other) => other.op === 'map' && other.kind === command.kind)
      );
    case 'inject':
      return commands.some(
        (other) =>
          other.op === 'inject' &&
          other.kind === command.kind &&
          (command.victim === 'any' || other.victim !== 'any'),
      );
    case 'advise':
      return commands.some((other) => other.op === 'advise' && other.advice === command.advice);
    case 'watch':
      return commands.some((other) => other.op === 'watch' && other.watch === command.watch);
    default:
      return true;
  }
}
