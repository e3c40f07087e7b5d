import type { Case } from '../../spec/vocabulary/case.ts';
import { Answers } from './answers.ts';
import { simplifyArguments } from './arguments.ts';
import { deleteCommands, deletePairs } from './delete.ts';
import { type Ending, endingOf, mayBeNamedAlike } from './ending.ts';
import { focusOnPages } from './focus.ts';
import { followChildren } from './follow-child.ts';
import { lowerLimits } from './lower-limits.ts';
import { mergeNames } from './merge.ts';
import { moveIn } from './move-in.ts';
import { type Failure, type Pass, withCommands } from './pass.ts';
import { shrinkScope, widenScope } from './scope.ts';
import { shorterWays } from './shorter-ways.ts';
import { asSent } from './sent.ts';
import { sketch } from './sketch.ts';
import { isSimpler, splitRaces } from './split-races.ts';
import { stayAlive } from './stay-alive.ts';
import { substituteWindows } from './substitute.ts';
import { tradeCommands } from './trade.ts';

/** First: what may do away with nearly all of it at once. */
const FIRST_PASSES: readonly Pass[] = [sketch];

/** The passes in their order; they are gone through again and again until none of them changes anything. */
const PASSES: readonly Pass[] = [
  splitRaces,
  focusOnPages,
  deleteCommands,
  mergeNames,
  simplifyArguments,
  followChildren,
  stayAlive,
  moveIn,
  widenScope,
  substituteWindows,
  tradeCommands,
  lowerLimits,
];

/** At the end, in the smallest world: there, too, no one and no two of the commands can go. */
const LAST_PASSES: readonly Pass[] = [splitRaces, shrinkScope, deleteCommands, deletePairs];

/** What is left to try when nothing else makes it shorter. */
const SEARCHES: readonly Pass[] = [shorterWays];

export interface ReduceOptions {
  /** How many cases the target may be asked for. */
  readonly most: number;
  /** The step at which the case fails: what comes after it is cut off first. */
  readonly step: number;
  /** What is broken there, where it is known. */
  readonly failure?: Failure | undefined;
  /** Whether the failure comes and goes, so that a case which passed may yet fail. */
  readonly flaky?: boolean;
  /** Asked before each case: whether to stop here with what there is. */
  readonly stopped?: () => boolean;
}

export interface Reduced {
  readonly case: Case;
  readonly asked: number;
  /** Whether no pass had anything left to try. */
  readonly complete: boolean;
}

/** Where a case failed in the way looked for; undefined where it did not. */
export type FailedAt = number | undefined;

/**
 * Makes a failing case as short as the passes can, as a coroutine: yields the cases to ask the target for, and is told
 * of each where it fails in the same way. Nothing is asked for that follows from what was answered.
 */
function* reduction(failing: Case, options: ReduceOptions): Generator<Case, Reduced, FailedAt> {
  const inquiry = new Inquiry(failing, options);
  yield* inquiry.changes(FIRST_PASSES, false);
  if (!inquiry.believed) yield* inquiry.ask(inquiry.current);
  for (let changed = true; changed && !inquiry.spent;) {
    // Passes that took turns to undo each other would go on for ever.
    const known = new Set<string>();
    while (yield* inquiry.changes(PASSES, true)) {
      const now = JSON.stringify(inquiry.current);
      if (known.has(now)) break;
      known.add(now);
    }
    const before = inquiry.current;
    while (yield* inquiry.changes(LAST_PASSES, false));
    yield* inquiry.changes(SEARCHES, false);
    changed = isSimpler(inquiry.current, before);
  }
  return {
    case: inquiry.believed ? inquiry.current : failing,
    asked: inquiry.asked,
    complete: !inquiry.spent,
  };
}

/** What the target has been asked, and the smallest case that it said yes to. */
class Inquiry {
  current: Case;
  /** Whether the target was asked for the current case. */
  believed: boolean;
  asked = 0;
  /** Whether something was left to ask when there was nothing left to spend. */
  spent = false;
  readonly #options: ReduceOptions;
  readonly #answers: Answers;
  #ending: { readonly of: Case; readonly is: Ending | undefined } | undefined;

  constructor(failing: Case, options: ReduceOptions) {
    const { step } = options;
    this.#options = options;
    this.#answers = new Answers(options.flaky ?? false);
    // What comes after the failure cannot have to do with it. That the rest fails is asked for when nothing shorter does.
    this.current = asSent(withCommands(failing, failing.commands.slice(0, step + 1)));
    this.believed = this.current.commands.length === failing.commands.length;
  }

  /** Whether a case fails in the same way. What is known is not asked. */
  *ask(proposed: Case): Generator<Case, boolean, FailedAt> {
    const smaller = asSent(proposed);
    const known = this.#answers.of(smaller);
    if (known !== undefined) {
      if (known) this.#accept(smaller);
      return known;
    }
    if (this.asked >= this.#options.most || this.#options.stopped?.() === true) this.spent = true;
    if (this.spent) return false;
    this.asked++;
    const step = yield smaller;
    this.#answers.learn(smaller, step);
    if (step === undefined) return false;
    this.#accept(withCommands(smaller, smaller.commands.slice(0, step + 1)));
    return true;
  }

  #accept(smaller: Case): void {
    this.current = smaller;
    this.believed = true;
  }

  /** Whether the last command of a case means what that of the current one means, by the model. */
  #isLikely(proposed: Case): boolean {
    const { failure } = this.#options;
    if (this.#ending?.of !== this.current) {
      this.#ending = { of: this.current, is: endingOf(this.current, failure) };
    }
    const { is } = this.#ending;
    const ending = endingOf(proposed, failure);
    return is !== undefined && ending !== undefined && mayBeNamedAlike(ending, is, failure);
  }

  /**
   * Goes through passes once, and says whether any of them changed the case.
   *
   * @param likely whether the target is asked only for what the model takes for likely to fail
   */
  *changes(passes: readonly Pass[], likely: boolean): Generator<Case, boolean, FailedAt> {
    const before = this.current;
    for (const pass of passes) {
      const proposals = pass(this.current, this.#options.failure);
      for (let next = proposals.next(); next.done !== true && !this.spent;) {
        const worth = !likely || this.#isLikely(next.value);
        next = proposals.next(worth && (yield* this.ask(next.value)));
      }
    }
    return this.current !== before && !this.spent;
  }
}

/** Drives a reduction against something that answers at once. */
export function reduceNow(
  failing: Case,
  options: ReduceOptions,
  failsAt: (smaller: Case) => FailedAt,
): Reduced {
  const proposals = reduction(failing, options);
  let next = proposals.next();
  while (next.done !== true) next = proposals.next(failsAt(next.value));
  return next.value;
}

/** Drives a reduction against something that must be waited for. */
export async function reduce(
  failing: Case,
  options: ReduceOptions,
  failsAt: (smaller: Case) => Promise<FailedAt>,
): Promise<Reduced> {
  const proposals = reduction(failing, options);
  let next = proposals.next();
  while (next.done !== true) next = proposals.next(await failsAt(next.value));
  return next.value;
}
