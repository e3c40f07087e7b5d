import type { Case } from '../../spec/vocabulary/case.ts';
import { searchShorter } from '../explore/breadth-first.ts';
import { EmbeddedProber } from '../explore/embedded-prober.ts';
import type { SearchedSlice } from '../reduce/certificate.ts';
import type { Reduced } from '../reduce/reduce.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Target } from '../targets/target.ts';
import { alphabetsFor } from './alphabets.ts';
import { certify } from './certify.ts';

/**
 * Shorter cases are left to the passes, which bring them to their shortest nearly always and for some dozens of commands;
 * here it takes thousands.
 */
const SHORTEST = 6;
/** How many commands the target may be asked for in one search: the longer a case is, the more is there to gain. */
const ASKED_PER_COMMAND = 20_000;
const MOST_STATES = 100_000;

/** A reduction after which everything shorter was tried, as far as that is cheap. */
export interface Exhausted extends Reduced {
  /** In what there is nothing shorter; undefined where that is not known. */
  readonly slice: SearchedSlice | undefined;
  /** How many commands the searches asked the target for. */
  readonly searched: number;
}

/**
 * Goes on from where the passes ended: what a search finds that is shorter is reduced in its turn.
 *
 * @param reduce makes of a failing case what the passes can
 */
export async function reduceFurther(
  target: Target,
  first: Reduced,
  { fingerprint, stopped }: { readonly fingerprint: string; readonly stopped: () => boolean },
  reduce: (failing: Case) => Promise<Reduced>,
): Promise<Exhausted> {
  let reduced = first;
  let searched = 0;
  while (reduced.complete) {
    const further = await searchFurther(target, reduced.case, fingerprint, stopped);
    searched += further.commands;
    const asked = reduced.asked + further.tried;
    if (further.shorter === undefined) return { ...reduced, asked, slice: further.slice, searched };
    const again = await reduce(further.shorter);
    reduced = { ...again, asked: asked + again.asked };
  }
  return { ...reduced, slice: undefined, searched };
}

/** What a search beyond the passes came to. */
interface FurtherSearch {
  /** Something shorter that fails in the same way. */
  readonly shorter: Case | undefined;
  /** What was gone through to the end, where all was: then nothing in it is shorter. */
  readonly slice: SearchedSlice | undefined;
  /** How many cases were tried, and how many commands the target was asked for. */
  readonly tried: number;
  readonly commands: number;
}

/**
 * Tries everything that is shorter, where that is cheap and takes nothing for granted: on the embedded kernel, which can be
 * looked into. First with arguments like those of the case, which reaches far; then in the slice of a certificate.
 */
async function searchFurther(
  target: Target,
  testCase: Case,
  fingerprint: string,
  stopped: () => boolean,
): Promise<FurtherSearch> {
  const { commands, observe, profile } = testCase;
  let tried = 0;
  let asked = 0;
  const nothing = { shorter: undefined, slice: undefined };
  if (commands.length < SHORTEST || observe !== 'every-step' || !isOpen(target)) {
    return { ...nothing, tried, commands: asked };
  }
  const longest = commands.length - 1;
  const mostAsked = (commands.length - SHORTEST + 2) * ASKED_PER_COMMAND;
  for (const { scope: room, commands: alphabet } of alphabetsFor(testCase)) {
    const prober = new EmbeddedProber({
      profile,
      scope: room,
      commands: alphabet,
      plant: target.plant,
      fingerprint,
    });
    const searched = await searchShorter(prober, {
      longest,
      mostStates: MOST_STATES,
      mostAsked,
      stopped,
    });
    tried += searched.tried;
    asked += prober.asked;
    if (searched.commands !== undefined) {
      const shorter = { ...testCase, scope: room, commands: searched.commands };
      return { shorter, slice: undefined, tried, commands: asked };
    }
  }
  const certified = await certify({
    target,
    case: testCase,
    fingerprint,
    certificate: '2-minimal',
    allCommands: false,
    from: undefined,
    mostStates: MOST_STATES,
    mostAsked,
    stopped,
    onPath: () => Promise.resolve(),
  });
  const { shorter, slice } = certified;
  return {
    shorter: shorter && { ...testCase, scope: certified.scope, commands: shorter },
    slice,
    tried: tried + certified.tried,
    commands: asked + certified.asked,
  };
}

const isOpen = (target: Target): target is EmbeddedTarget =>
  target instanceof EmbeddedTarget && target.showsEverything;
