import { State } from '../../../spec/model/state.ts';
import { ruleIndex } from '../../../spec/requirements/catalogue.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command, Op } from '../../../spec/vocabulary/command.ts';
import { LikelyStep } from './likely-step.ts';
import type { Failure } from '../pass.ts';
import { NO_RULES, type RuleSet, withRule } from './rule-set.ts';
import { preconditionOf } from './precondition.ts';

/**
 * The end of a case in the model: the effect of its last command, its precondition, and the requirements covered
 * before.
 */
export interface Ending {
  readonly op: Op;
  /** The requirements that the mismatching clause stands for. */
  readonly attributed: RuleSet;
  /** The expected effect of the last command and the requirements it covers. */
  readonly meaning: string;
  readonly precondition: string;
  /** The requirements covered before the last command. */
  readonly coveredBefore: RuleSet;
}

/** The ending of a path with the given covered requirements and a last command. */
export function endingAt(
  likely: LikelyStep,
  state: State,
  command: Command,
  coveredBefore: RuleSet,
  failure: Failure | undefined,
): Ending {
  likely.take(state, command);
  const { meaning } = likely;
  return {
    op: command.op,
    attributed: likely.attributed(state, failure?.clause),
    meaning,
    precondition: preconditionOf(state, command),
    coveredBefore,
  };
}

/** The ending of a case; undefined if it has no commands or its last command would not be sent. */
export function endingOf(testCase: Case, failure: Failure | undefined): Ending | undefined {
  const { commands, profile, scope } = testCase;
  const last = commands.at(-1);
  if (last === undefined) return undefined;
  const likely = new LikelyStep(testCase);
  const admission = new Admission(scope, profile);
  const state = new State(scope);
  let coveredBefore = NO_RULES;
  for (const command of commands.slice(0, -1)) {
    if (admission.admit(command) !== undefined) continue;
    state.copyFrom(likely.take(state, command));
    coveredBefore |= likely.rules;
  }
  return admission.refusal(last) === undefined
    ? endingAt(likely, state, last, coveredBefore, failure)
    : undefined;
}

/** Whether a failure at the end of one case can have the same fingerprint at the end of another. */
export function mayBeNamedAlike(one: Ending, other: Ending, failure: Failure | undefined): boolean {
  if (one.op !== other.op) return false;
  const named = failure === undefined ? NO_RULES : withRule(NO_RULES, ruleIndex(failure.requirement));
  if (named === NO_RULES) return one.attributed === other.attributed;
  // Where the model itself does not blame that rule, as for a crash, it has nothing to say.
  return (other.attributed & named) === NO_RULES || (one.attributed & named) !== NO_RULES;
}

/** Whether the same effect is expected of the last commands of two cases. */
export const meansTheSame = (one: Ending, other: Ending, failure: Failure | undefined): boolean =>
  one.meaning === other.meaning && mayBeNamedAlike(one, other, failure);
