import type { Case } from '../../spec/vocabulary/case.ts';
import { type Command, type Op, pinsForReading } from '../../spec/vocabulary/command.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import { isNoOtherRace, opsOf } from '../../spec/vocabulary/parts.ts';
import { MAX_PROCESSES, type Scope } from '../../spec/vocabulary/scope.ts';
import { simpler } from './passes/simplify-arguments.ts';
import { USUAL } from './passes/on-model.ts';
import { CORE, roomFor } from '../search/certify.ts';
import { searchShorter } from '../search/breadth-first.ts';
import { EmbeddedProber } from '../search/embedded-prober.ts';
import type { Shrunk } from './shrink.ts';
import { isSimpler } from './passes/delete.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Target } from '../targets/target.ts';

/** A set of commands from which all cases up to some length are tried. */
interface Alphabet {
  readonly scope: Scope;
  readonly commands: readonly Command[];
}

/**
 * The sets of commands in which a shorter case is searched, from the commands of the case itself to all commands like
 * them. A search through a small set reaches longer cases; in a large set a shorter case is often enough.
 */
function alphabetsFor({ commands, scope }: Case): readonly Alphabet[] {
  const own = new Set(commands.flatMap(opsOf));
  const readPins = commands.some(pinsForReading);
  const core = new Set([...CORE, ...own]);
  const usual = new Set([...USUAL, ...own]);
  const room = roomFor(scope);
  const alone = { ...room, processes: 1 };
  const page = { ...room, pages: 1 };
  const like = (world: Scope, ops: ReadonlySet<Op>): Alphabet => {
    const all = among(world, ops, readPins);
    // In a world with a single page, all pairs of commands are tried as races, because there are few.
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

/**
 * Minimum length, without and with a race, of a case that is searched. The passes shrink shorter cases to their minimum
 * nearly always, with dozens of commands instead of thousands.
 */
const SHORTEST = 5;
const SHORTEST_RACE = 3;
/** Number of cases tried per command set in the first turn, and in the second turn for long cases. */
const FIRST_TURN = 1500;
const SECOND_TURN = 15_000;
const LONG = 6;
const MAX_STATES = 100_000;

/** A shrunk case, and the number of commands that the searches sent. */
export interface Exhausted extends Shrunk {
  readonly searched: number;
}

/**
 * Continues after the passes: each shorter case that a search finds is shrunk in turn.
 *
 * @param reduce shrinks a failing case with the passes; undefined if the case must not replace `first`
 */
export async function shrinkFurther(
  target: Target,
  first: Shrunk,
  pursuit: Pursuit,
  shrink: (failing: Case) => Promise<Shrunk | undefined>,
): Promise<Exhausted> {
  let { case: shortest, asked, complete } = first;
  let searched = 0;
  while (complete) {
    const further = await searchFurther(target, shortest, { ...pursuit, most: pursuit.most - asked });
    searched += further.commands;
    asked += further.tried;
    if (further.shorter === undefined) break;
    const again = isSimpler(further.shorter, shortest) ? await shrink(further.shorter) : undefined;
    if (again === undefined) break;
    asked += again.asked;
    ({ case: shortest, complete } = again);
  }
  return { case: shortest, asked, complete, searched };
}

/** The failure goal, and the limits of the search. */
interface Pursuit {
  readonly fingerprint: string;
  /** Maximum number of cases in total. */
  readonly most: number;
  readonly stopped: () => boolean;
}

/** The result of a search after the passes. */
interface FurtherSearch {
  /** A shorter case with the same failure. */
  readonly shorter: Case | undefined;
  /** Number of cases tried, and number of commands sent. */
  readonly tried: number;
  readonly commands: number;
}

/**
 * Tries every shorter case, one command set after the other, on the embedded kernel: there a search is cheap, and no
 * assumption is necessary because the state can be inspected. Every set gets a first turn before any gets a second.
 */
async function searchFurther(target: Target, failing: Case, pursuit: Pursuit): Promise<FurtherSearch> {
  const { length } = failing.commands;
  let tried = 0;
  let commands = 0;
  // The fingerprint does not contain the two commands of a race, and the passes do not replace them.
  const isRace = failing.commands.some(({ op }) => op === 'race');
  const shortest = isRace ? SHORTEST_RACE : SHORTEST;
  if (length < shortest || failing.observe !== 'every-step' || !isOpen(target)) {
    return { shorter: undefined, tried, commands };
  }
  let alphabets = alphabetsFor(failing);
  for (const maxTried of isRace || length >= LONG ? [FIRST_TURN, SECOND_TURN] : [FIRST_TURN]) {
    const unfinished: Alphabet[] = [];
    for (const alphabet of alphabets) {
      const prober = new EmbeddedProber({
        ...alphabet,
        profile: failing.profile,
        mutation: target.mutation,
        fingerprint: pursuit.fingerprint,
      });
      const searched = await searchShorter(prober, {
        longest: length - 1,
        maxStates: MAX_STATES,
        maxTried: Math.min(maxTried, pursuit.most - tried),
        stopped: pursuit.stopped,
      });
      tried += searched.tried;
      commands += prober.asked;
      if (searched.commands !== undefined) {
        const shorter = { ...failing, scope: alphabet.scope, commands: searched.commands };
        return { shorter, tried, commands };
      }
      if (searched.frontier !== undefined) unfinished.push(alphabet);
    }
    alphabets = unfinished;
  }
  return { shorter: undefined, tried, commands };
}

const isOpen = (target: Target): target is EmbeddedTarget =>
  target instanceof EmbeddedTarget && target.showsEverything;
