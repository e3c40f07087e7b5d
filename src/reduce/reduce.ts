import type { Case } from '../../spec/vocabulary/case.ts';
import { simplifyArguments } from './arguments.ts';
import { deleteCommands, deletePairs } from './delete.ts';
import { focusOnPages } from './focus.ts';
import { followChildren } from './follow-child.ts';
import { mergeNames } from './merge.ts';
import { moveIn } from './move-in.ts';
import { type Pass, withCommands } from './pass.ts';
import { shrinkScope, widenScope } from './scope.ts';
import { substituteWindows } from './substitute.ts';
import { tradeCommands } from './trade.ts';

/** The passes in their order; they are gone through again and again until none of them changes anything. */
const PASSES: readonly Pass[] = [
  focusOnPages,
  deleteCommands,
  mergeNames,
  simplifyArguments,
  followChildren,
  moveIn,
  widenScope,
  substituteWindows,
  tradeCommands,
];

/** At the end, in the smallest world: there, too, no one and no two of the commands can go. */
const LAST_PASSES: readonly Pass[] = [shrinkScope, deleteCommands, deletePairs];

export interface ReduceOptions {
  /** How many cases the target may be asked for. */
  readonly most: number;
  /** The step at which the case fails: what comes after it is cut off first. */
  readonly step: number;
  /** Asked before each case: whether to stop here with what there is. */
  readonly stopped?: () => boolean;
}

export interface Reduced {
  readonly case: Case;
  readonly asked: number;
  /** Whether no pass had anything left to try. */
  readonly complete: boolean;
}

/**
 * Makes a failing case as short as the passes can, as a coroutine: yields the cases to ask the target for, and is told
 * of each whether it fails in the same way. No case is asked for twice.
 */
function* reduction(failing: Case, options: ReduceOptions): Generator<Case, Reduced, boolean> {
  const inquiry = new Inquiry(failing, options);
  const cut = withCommands(failing, failing.commands.slice(0, options.step + 1));
  if (cut.commands.length < failing.commands.length) yield* inquiry.ask(cut);
  for (let changed = true; changed && !inquiry.spent;) {
    while (yield* inquiry.changes(PASSES));
    const { length } = inquiry.current.commands;
    while (yield* inquiry.changes(LAST_PASSES));
    changed = inquiry.current.commands.length < length;
  }
  return { case: inquiry.current, asked: inquiry.asked, complete: !inquiry.spent };
}

/** What the target has been asked, and the smallest case that it said yes to. */
class Inquiry {
  current: Case;
  asked = 0;
  /** Whether something was left to ask when there was nothing left to spend. */
  spent = false;
  readonly #options: ReduceOptions;
  readonly #answers = new Map<string, boolean>();

  constructor(failing: Case, options: ReduceOptions) {
    this.current = failing;
    this.#options = options;
  }

  /** Whether a case fails in the same way. What is known is not asked. */
  *ask(smaller: Case): Generator<Case, boolean, boolean> {
    const key = JSON.stringify(smaller);
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      if (this.asked >= this.#options.most || this.#options.stopped?.() === true) this.spent = true;
      if (this.spent) return false;
      this.asked++;
      answer = yield smaller;
      this.#answers.set(key, answer);
    }
    if (answer) this.current = smaller;
    return answer;
  }

  /** Goes through passes once, and says whether any of them changed the case. */
  *changes(passes: readonly Pass[]): Generator<Case, boolean, boolean> {
    const before = this.current;
    for (const pass of passes) {
      const proposals = pass(this.current);
      for (let next = proposals.next(); next.done !== true && !this.spent;) {
        next = proposals.next(yield* this.ask(next.value));
      }
    }
    return this.current !== before && !this.spent;
  }
}

/** Drives a reduction against something that answers at once. */
export function reduceNow(
  failing: Case,
  options: ReduceOptions,
  stillFails: (smaller: Case) => boolean,
): Reduced {
  const proposals = reduction(failing, options);
  let next = proposals.next();
  while (next.done !== true) next = proposals.next(stillFails(next.value));
  return next.value;
}

/** Drives a reduction against something that must be waited for. */
export async function reduce(
  failing: Case,
  options: ReduceOptions,
  stillFails: (smaller: Case) => Promise<boolean>,
): Promise<Reduced> {
  const proposals = reduction(failing, options);
  let next = proposals.next();
  while (next.done !== true) next = proposals.next(await stillFails(next.value));
  return next.value;
}
