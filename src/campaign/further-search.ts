import type { Case } from '../../spec/vocabulary/case.ts';
import { searchShorter } from '../explore/breadth-first.ts';
import { EmbeddedProber } from '../explore/embedded-prober.ts';
import type { Reduced } from '../reduce/reduce.ts';
import { isSimpler } from '../reduce/split-races.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Target } from '../targets/target.ts';
import { type Alphabet, alphabetsFor } from './alphabets.ts';

/**
 * Shorter cases are left to the passes, which bring them to their shortest nearly always and for some dozens of commands;
 * here it takes thousands.
 */
const SHORTEST = 5;
const SHORTEST_RACE = 3;
/** How many cases are tried of each alphabet in its turn; and how many then, where there is much to gain. */
const FIRST_TURN = 1500;
const SECOND_TURN = 15_000;
const LONG = 6;
const MOST_STATES = 100_000;

/** A reduction, and how many commands the searches after it asked the target for. */
export interface Exhausted extends Reduced {
  readonly searched: number;
}

/**
 * Goes on from where the passes ended: what a search finds that is shorter is reduced in its turn.
 *
 * @param reduce makes of a failing case what the passes can; undefined where the case must not take the place of `first`
 */
export async function reduceFurther(
  target: Target,
  first: Reduced,
  pursuit: Pursuit,
  reduce: (failing: Case) => Promise<Reduced | undefined>,
): Promise<Exhausted> {
  let { case: shortest, asked, complete } = first;
  let searched = 0;
  while (complete) {
    const further = await searchFurther(target, shortest, { ...pursuit, most: pursuit.most - asked });
    searched += further.commands;
    asked += further.tried;
    if (further.shorter === undefined) break;
    const again = isSimpler(further.shorter, shortest) ? await reduce(further.shorter) : undefined;
    if (again === undefined) break;
    asked += again.asked;
    ({ case: shortest, complete } = again);
  }
  return { case: shortest, asked, complete, searched };
}

/** The failure that is kept, and when to stop. */
interface Pursuit {
  readonly fingerprint: string;
  /** How many cases the target may be asked for in all. */
  readonly most: number;
  readonly stopped: () => boolean;
}

/** What a search beyond the passes came to. */
interface FurtherSearch {
  /** Something shorter that fails in the same way. */
  readonly shorter: Case | undefined;
  /** How many cases were tried, and how many commands the target was asked for. */
  readonly tried: number;
  readonly commands: number;
}

/**
 * Tries everything that is shorter, alphabet by alphabet, where that is cheap and takes nothing for granted: on the
 * embedded kernel, which can be looked into. No alphabet takes much before each has had its turn.
 */
async function searchFurther(target: Target, failing: Case, pursuit: Pursuit): Promise<FurtherSearch> {
  const { length } = failing.commands;
  let tried = 0;
  let commands = 0;
  // Which two commands race is no part of how a failure is named, and the passes keep to those that it had.
  const isRace = failing.commands.some(({ op }) => op === 'race');
  const shortest = isRace ? SHORTEST_RACE : SHORTEST;
  if (length < shortest || failing.observe !== 'every-step' || !isOpen(target)) {
    return { shorter: undefined, tried, commands };
  }
  let alphabets = alphabetsFor(failing);
  for (const mostTried of isRace || length >= LONG ? [FIRST_TURN, SECOND_TURN] : [FIRST_TURN]) {
    const unfinished: Alphabet[] = [];
    for (const alphabet of alphabets) {
      const prober = new EmbeddedProber({
        ...alphabet,
        profile: failing.profile,
        plant: target.plant,
        fingerprint: pursuit.fingerprint,
      });
      const searched = await searchShorter(prober, {
        longest: length - 1,
        mostStates: MOST_STATES,
        mostTried: Math.min(mostTried, pursuit.most - tried),
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
