import type { Case } from '../../spec/vocabulary/case.ts';
import { simplifyArguments } from './arguments.ts';
import { deleteCommands, deletePairs } from './delete.ts';
import { focusOnPages } from './focus.ts';
import { mergeNames } from './merge.ts';
import { type Pass, withCommands } from './pass.ts';
import { shrinkScope } from './scope.ts';
import { substituteWindows } from './substitute.ts';
import { tradeCommands } from './trade.ts';

/** The passes in their order; they are gone through again and again until none of them changes anything. */
const PASSES: readonly Pass[] = [
  focusOnPages,
  deleteCommands,
  deletePairs,
  mergeNames,
  shrinkScope,
  simplifyArguments,
  substituteWindows,
  tradeCommands,
];

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
  const answers = new Map<string, boolean>();
  let asked = 0;
  let current = failing;
  const cut = withCommands(failing, failing.commands.slice(0, options.step + 1));
  if (cut.commands.length < failing.commands.length) {
    asked++;
    if (yield cut) current = cut;
  }
  for (let changed = true; changed;) {
    changed = false;
    for (const pass of PASSES) {
      const before = current;
      const proposals = pass(current);
      let next = proposals.next();
      while (next.done !== true) {
        const key = JSON.stringify(next.value);
        let answer = answers.get(key);
        if (answer === undefined) {
          if (asked >= options.most || options.stopped?.() === true)
            return { case: current, asked, complete: false };
          asked++;
          answer = yield next.value;
          answers.set(key, answer);
          if (answer) current = next.value;
        }
        next = proposals.next(answer);
      }
      current = next.value;
      changed ||= current !== before;
    }
  }
  return { case: current, asked, complete: true };
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
