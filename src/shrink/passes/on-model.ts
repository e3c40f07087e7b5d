import type { Case } from '../../../spec/vocabulary/case.ts';
import { type Command, type Op, pinsForReading } from '../../../spec/vocabulary/command.ts';
import { commandsIn } from '../../../spec/vocabulary/commands-in.ts';
import { isNoOtherRace, opsOf } from '../../../spec/vocabulary/parts.ts';
import { type Ending, endingOf, mayBeNamedAlike, meansTheSame } from '../model/ending.ts';
import { pathsTo, type Way } from '../model/paths.ts';
import type { Failure, Pass } from '../pass.ts';
import { blockIn } from '../../../spec/vocabulary/scope.ts';
import { NO_RULES, sizeOf } from '../model/likely-step.ts';
import { deleteCommands, deletePairs, isSimpler, racesIn } from './delete.ts';
import { simplifyArguments } from './simplify-arguments.ts';
import { replaceParentByChild, replaceProcessByPages } from './pages-and-processes.ts';
import { mergeNames, shrinkScope } from './merge-names.ts';

/** Maximum length; longer cases have too many shorter paths. */
const LONGEST = 8;
/** Maximum number of steps of the model in one search. */
const MAX_STEPS = 40_000;
/** Maximum number of paths of one search that are run on the target. */
const MAX_OUTCOMES = 30;
/** Maximum number of these with the same precondition but different covered requirements. */
const MAX_ALIKE = 12;

/** Commands that any case may need, in addition to its own. */
const CORE: readonly Op[] = ['map', 'store', 'load', 'migrate-to-device', 'fork'];

/**
 * Commands that are searched in addition to those of the case. Commands of a single feature are omitted: they lead to
 * no failure that another command shows, and would limit the search to shorter paths.
 */
export const USUAL: readonly Op[] = [
  ...CORE,
  'spawn',
  'exit',
  'unmap',
  'discard',
  'protect',
  'migrate-to-system',
  'device-load',
  'device-store',
  'pin',
  'unpin',
  'inject',
  'heal',
  'evict',
  'attach',
  'detach',
  'swap-on',
];

/** One search; they go from likely and small to complete. */
interface Search {
  /** Number of pages; in a world with blocks, of blocks. */
  readonly pages: number;
  readonly ops: ReadonlySet<Op>;
  /** Maximum number of covered requirements that the failing case does not cover. */
  readonly beyond: number;
  /** Maximum length of a path; undefined for one command less than the failing case. */
  readonly longest?: number;
}

function searchesFor({ commands, scope }: Case): readonly Search[] {
  const own = new Set(commands.flatMap(opsOf));
  const core = new Set([...CORE, ...own]);
  const all = new Set([...USUAL, ...own]);
  const searches: readonly Search[] = [
    { pages: 1, ops: core, beyond: 1 },
    { pages: 1, ops: all, beyond: 2 },
    { pages: 2, ops: own, beyond: 0 },
    { pages: 2, ops: core, beyond: 1 },
    { pages: 2, ops: all, beyond: 2 },
  ];
  return searches.filter(({ pages }) => pages * blockIn(scope) <= scope.pages);
}

const withoutRaces = (searches: readonly Search[], longest: number): readonly Search[] =>
  searches.map((search) => ({
    ...search,
    ops: new Set([...search.ops].filter((op) => op !== 'race')),
    longest,
  }));

/**
 * Search: finds shorter paths in the model to the last command, at whose end the failure can have the same fingerprint.
 * The paths with the most similar endings are run on the target.
 *
 * @example `map, migrate, fork, discard in the child, device-store` and `map, migrate, protect as it was, device-store`
 *   both store to a READ entry that is not shared. No deletion, exchange or renaming turns one into the other.
 */
export const shorterPaths: Pass = function* (failing, failure) {
  const ending = endingOf(failing, failure);
  const { length } = failing.commands;
  if (ending === undefined || length > LONGEST) return failing;
  const readPins = failing.commands.some(pinsForReading);
  const kinds = new Set(
    failing.commands.flatMap((command) => (command.op === 'inject' ? [command.kind] : [])),
  );
  const mapped = new Set([
    'private',
    'host',
    ...failing.commands.flatMap((command) => (command.op === 'map' ? [command.kind] : [])),
  ]);
  const isKnown = (command: Command): boolean =>
    isNoOtherRace(command, failing.commands) && (command.op !== 'inject' || kinds.has(command.kind));
  // All kinds of mappings are tried only if the set of commands is small.
  const isMapped = (command: Command, among: number): boolean =>
    command.op !== 'map' || mapped.has(command.kind) || among < USUAL.length;
  const searches = searchesFor(failing);
  // A case without races is simpler, even if it is longer by one command for each race.
  const races = racesIn(failing);
  const sequential = races > 0 && ending.op !== 'race' ? withoutRaces(searches, length + races) : [];
  const block = blockIn(failing.scope);
  for (const { beyond, ops, pages, longest = length - 1 } of [...sequential, ...searches]) {
    const scope = { ...failing.scope, processes: 2, pages: pages * block, frames: 2 * block, slots: 1 };
    const world: Case = { ...failing, scope };
    const outcomes = pathsTo(world, {
      op: ending.op,
      commands: commandsIn(world.scope, { ops, values: [1], readPins }).filter(
        (command) => isKnown(command) && isMapped(command, ops.size),
      ),
      failure,
      longest,
      most: MAX_STEPS,
      within: ending.coveredBefore,
      beyond,
    });
    const fitting = [...outcomes].filter((outcome) => mayBeNamedAlike(outcome.ending, ending, failure));
    for (const { commands } of worthAsking(fitting, ending)) {
      const smaller: Case = { ...world, commands };
      if (isSimpler(smaller, failing) && (yield smaller)) return smaller;
    }
  }
  return failing;
};

/** Some paths, most similar first, shorter ones first among equals; then the shortest path of each other ending. */
function worthAsking(outcomes: readonly Way[], ending: Ending): readonly Way[] {
  const likeness = new Map(outcomes.map((outcome) => [outcome, likenessOf(outcome.ending, ending)]));
  const sorted = outcomes.toSorted((a, b) => (likeness.get(b) ?? 0) - (likeness.get(a) ?? 0));
  const alike = new Map<string, number>();
  const likest = sorted.filter(({ ending: { meaning, precondition } }) => {
    const key = `${meaning} ${precondition}`;
    const before = alike.get(key) ?? 0;
    alike.set(key, before + 1);
    return before < MAX_ALIKE;
  });
  const shortest = new Map<string, Way>();
  for (const outcome of outcomes) {
    const key = `${outcome.ending.meaning} ${outcome.ending.precondition}`;
    if (!shortest.has(key)) shortest.set(key, outcome);
  }
  return [...likest.slice(0, MAX_OUTCOMES), ...[...shortest.values()].slice(0, MAX_OUTCOMES)];
}

/** Similarity of two endings, between 0 and 3. */
const likenessOf = (one: Ending, other: Ending): number =>
  common(one.meaning, other.meaning) +
  common(one.precondition, other.precondition) +
  (1 + sizeOf(one.coveredBefore & other.coveredBefore)) /
    (1 + sizeOf(one.coveredBefore | other.coveredBefore));

/** Similarity of two texts by common words, between 0 and 1. */
function common(one: string, other: string): number {
  if (one === other) return 1;
  const words = new Set(one.split(/\W+/));
  const others = new Set(other.split(/\W+/));
  const shared = [...words].filter((word) => others.has(word)).length;
  return shared / (words.size + others.size - shared);
}

/** Passes whose candidates the model can judge. */
const ON_THE_MODEL: readonly Pass[] = [
  deleteCommands,
  mergeNames,
  simplifyArguments,
  replaceParentByChild,
  replaceProcessByPages,
  deletePairs,
  shrinkScope,
];

type Similarity = (one: Ending, other: Ending, failure: Failure | undefined) => boolean;

const hasSamePrecondition: Similarity = (one, other, failure) =>
  one.precondition === other.precondition && meansTheSame(one, other, failure);
const afterTheSame: Similarity = (one, other, failure) =>
  (other.coveredBefore & ~one.coveredBefore) === NO_RULES && hasSamePrecondition(one, other, failure);

/**
 * The properties of the ending that must be preserved, fewest first. Most bugs need no more than the meaning of the
 * last command.
 */
const LIKENESSES: readonly Similarity[] = [meansTheSame, hasSamePrecondition, afterTheSame];

/**
 * Shrink pass: shrinks the case on the model alone, to the shortest with the same ending, and runs the result on the
 * target: one candidate instead of dozens. It succeeds if the bug lies in the execution of the last command. If an
 * earlier command leaves the bug behind, more of the ending must be preserved, or the pass fails.
 */
export const shrinkOnModel: Pass = function* (failing, failure) {
  const ending = endingOf(failing, failure);
  if (ending === undefined) return failing;
  for (const alike of LIKENESSES) {
    const smaller = shrunkOnModel(failing, failure, (one) => alike(one, ending, failure));
    if (smaller.commands.length < failing.commands.length && (yield smaller)) return smaller;
  }
  return failing;
};

function shrunkOnModel(
  failing: Case,
  failure: Failure | undefined,
  isAlike: (ending: Ending) => boolean,
): Case {
  const answers = new Map<string, boolean>();
  const ends = (testCase: Case): boolean => {
    const key = JSON.stringify([testCase.scope, testCase.commands]);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const ending = endingOf(testCase, failure);
    const answer = ending !== undefined && isAlike(ending);
    answers.set(key, answer);
    return answer;
  };
  let current = failing;
  // Two passes that undo each other would not terminate.
  const met = new Set<string>();
  for (let before: Case | undefined; before !== current;) {
    before = current;
    const now = JSON.stringify([current.scope, current.commands]);
    if (met.has(now)) break;
    met.add(now);
    for (const pass of ON_THE_MODEL) {
      const proposals = pass(current, failure);
      let next = proposals.next();
      while (next.done !== true) next = proposals.next(ends(next.value));
      current = next.value;
    }
  }
  return current;
}
