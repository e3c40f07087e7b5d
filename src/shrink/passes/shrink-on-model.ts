import type { Case } from '../../../spec/vocabulary/case.ts';
import { simplifyArguments } from './simplify-arguments.ts';
import { deleteCommands, deletePairs } from './delete-commands.ts';
import { type Ending, endingOf, meansTheSame } from '../model/ending.ts';
import { replaceParentByChild } from './replace-parent-by-child.ts';
import { mergeNames } from './merge-names.ts';
import { replaceProcessByPages } from './replace-process-by-pages.ts';
import type { Failure, Pass } from '../pass.ts';
import { NO_RULES } from '../model/rule-set.ts';
import { shrinkScope } from './shrink-scope.ts';

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
 * target: one question instead of dozens. It succeeds if the bug lies in the execution of the last command. If an
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
  // Passes that took turns to undo each other would go on for ever.
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
