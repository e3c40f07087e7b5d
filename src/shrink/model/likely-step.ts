import type { Clause } from '../../../spec/judge/verdict.ts';
import { AT_REST, type Attribution } from '../../../spec/model/attribution.ts';
import { perform } from '../../../spec/model/commands.ts';
import type { State } from '../../../spec/model/state.ts';
import { Step } from '../../../spec/model/step.ts';
import { judgingOptionsFor } from '../../../spec/model/judging-options.ts';
import { PROFILES } from '../../../spec/profiles/profile.ts';
import { ruleIndex } from '../../../spec/requirements/catalogue.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../../spec/vocabulary/capability.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import { NO_RULES, type RuleSet, rulesIn, withRule } from './rule-set.ts';
import { isBoth, isVector } from '../../../spec/vocabulary/result.ts';

const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);

/** The parts of an attribution that belong to each clause. */
const SPEAKS: { readonly [C in Clause]: readonly (keyof Attribution)[] } = {
  result: ['result'],
  value: ['value'],
  callbacks: ['faults', 'frees'],
  entries: ['entry', 'sharers', 'writable'],
  counts: ['references', 'mappings'],
  accounting: ['charge'],
};
/** Parts that a clause stands for at all places, including those that the command does not concern. */
const AROUND: typeof SPEAKS = { ...SPEAKS, result: [], value: [] };
/** All parts but the value, whose requirement depends on the history of the page, which shrinking changes. */
const ALL_BUT_VALUE = Object.values(SPEAKS)
  .flat()
  .filter((part) => part !== 'value');

/** Maximum number of outcomes of one step; a range of many pages has thousands that add nothing new. */
const MAX_OUTCOMES = 32;

/** One step of the model with the most likely choices. */
export class LikelyStep {
  readonly #step: Step;
  #command: Command = { op: 'inspect' };

  constructor({ profile, scope }: Pick<Case, 'profile' | 'scope'>) {
    this.#step = new Step(scope, judgingOptionsFor(PROFILES[profile], EVERYTHING));
  }

  /** Executes an admitted command. The resulting state is valid until the next call. */
  take(from: State, command: Command): State {
    this.#command = command;
    this.#step.begin(from, undefined, true);
    perform(this.#step, command);
    return this.#step.state;
  }

  /** The requirements that the last command covered. */
  get rules(): RuleSet {
    const { covered, coveredCount } = this.#step;
    let rules = NO_RULES;
    for (let index = 0; index < coveredCount; index++) rules = withRule(rules, covered[index] ?? 0);
    return rules;
  }

  /** The expected observation of the last command, independent of the number of pages of a range. */
  get meaning(): string {
    const { result, faults, left, taken } = this.#step;
    const answers = isVector(result)
      ? [...new Set(result)].toSorted()
      : isBoth(result)
        ? [String(result.left), String(result.right)]
        : [result];
    return [...answers, faults, left.length > 0, taken > 0, ...rulesIn(this.rules)].join();
  }

  /**
   * The requirements that a clause can stand for after a command, over all its outcomes, because the target may not
   * take the most likely one. Without a clause, all of them. Call it last: it leaves the step at another outcome.
   */
  attributed(from: State, clause: Clause | undefined): RuleSet {
    let rules = NO_RULES;
    for (const part of clause === undefined ? [] : AROUND[clause])
      rules = withRule(rules, ruleIndex(AT_REST[part]));
    rules |= this.#attributedNow(clause);
    for (let outcomes = 1; outcomes < MAX_OUTCOMES && this.#step.next(from); outcomes++) {
      perform(this.#step, this.#command);
      rules |= this.#attributedNow(clause);
    }
    return rules;
  }

  #attributedNow(clause: Clause | undefined): RuleSet {
    const { attribution, pageAttribution } = this.#step;
    let rules = NO_RULES;
    for (const part of clause === undefined ? ALL_BUT_VALUE : SPEAKS[clause]) {
      rules = withRule(rules, ruleIndex(attribution[part]));
    }
    for (const rule of pageAttribution) rules = withRule(rules, rule);
    return rules;
  }
}
