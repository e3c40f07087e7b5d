import type { Case } from '../../spec/vocabulary/case.ts';
import { type Command, type Op, pinsForReading } from '../../spec/vocabulary/command.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import { isNoOtherRace, opsOf } from '../../spec/vocabulary/parts.ts';
import { MAX_PROCESSES, type Scope } from '../../spec/vocabulary/scope.ts';
import { simpler } from './passes/simplify-arguments.ts';
import { USUAL } from './passes/shorter-paths.ts';
import { CORE, roomFor } from '../search/certify.ts';

/** A set of commands from which all cases up to some length are tried. */
export interface Alphabet {
  readonly scope: Scope;
  readonly commands: readonly Command[];
}

/**
 * The sets of commands in which a shorter case is searched, from the commands of the case itself to all commands like
 * them. A search through a small set reaches longer cases; in a large set a shorter case is often enough.
 */
export function alphabetsFor({ commands, scope }: Case): readonly Alphabet[] {
  const own = new Set(commands.flatMap(opsOf));
  const readPins = commands.some(pinsForReading);
  const core = new Set([...CORE, ...own]);
  const usual = new Set([...USUAL, ...own]);
  const room = roomFor(scope);
  const alone = { ...room, processes: 1 };
  const page = { ...room, pages: 1 };
  const like = (world: Scope, ops: ReadonlySet<Op>): Alphabet => {
    const all = among(world, ops, readPins);
    // Of a single page there are few enough races to try every pair.
    const isSmallest = world.pages === 1;
    const isTaken = (command: Command): boolean =>
      command.op === 'race' ? isSmallest || isNoOtherRace(command, commands) : isAlike(command, commands);
    return { ...all, commands: all.commands.filter(isTaken) };
  };
  return distinct([
    { scope, commands: distinct(commands) },
    { scope, commands: distinct(commands.flatMap((command) => [command, ...simpler(command)])) },
    like({ ...alone, pages: 1 }, usual),
    like(scope, own),
    ...[0, 1, 2].map((frames) => like({ ...alone, frames }, core)),
    like(page, core),
    like(page, usual),
    like(scope, core),
    like(room, core),
    among(page, core, readPins),
    like({ ...page, processes: Math.min(room.processes + 1, MAX_PROCESSES) }, own),
  ]);
}

const among = (scope: Scope, ops: ReadonlySet<Op>, readPins: boolean): Alphabet => ({
  scope,
  commands: commandsIn(scope, { ops, values: [1], readPins }),
});

const distinct = <T>(items: readonly T[]): readonly T[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];

/**
 * Whether a command is of the same kind as one in the case. Mappings, injections, advice and watches have many kinds.
 */
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
