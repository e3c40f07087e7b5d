import type { Clause } from '../../spec/judge/clause.ts';
import { AT_REST, type Blame } from '../../spec/model/blame.ts';
import { perform } from '../../spec/model/commands.ts';
import type { State } from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { termsFor } from '../../spec/model/terms.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { ruleIndex } from '../../spec/requirements/catalogue.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { NO_RULES, type RuleSet, rulesIn, withRule } from './rule-set.ts';
import { isBoth, isVector } from '../../spec/vocabulary/result.ts';

const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);

/** The parts of a blame that speak for each clause. */
const SPEAKS: { readonly [C in Clause]: readonly (keyof Blame)[] } = {
  result: ['result'],
  value: ['value'],
  callbacks: ['faults', 'frees'],
  entries: ['entry', 'sharers', 'flavour'],
  counts: ['references', 'mappings'],
  accounting: ['charge'],
};
/** Of these the clause speaks for all places, also for those that the command has nothing to do with. */
const AROUND: typeof SPEAKS = { ...SPEAKS, result: [], value: [] };
/** What a wrong value means depends on all that the page has been through, which is just what a reducer changes. */
const ALL_BUT_VALUE = Object.values(SPEAKS)
  .flat()
  .filter((part) => part !== 'value');

/** So many ways of one step are looked at: a range of many pages has thousands, which differ in nothing new. */
const MOST_WAYS = 32;

/** One step of the likeliest implementation, by the reference model. */
export class LikelyStep {
  readonly #step: Step;
  #command: Command = { op: 'inspect' };

  constructor({ profile, scope }: Pick<Case, 'profile' | 'scope'>) {
    this.#step = new Step(scope, termsFor(PROFILES[profile], EVERYTHING));
  }

  /** Does a command that is admitted. The state after it is good until the next one. */
  take(from: State, command: Command): State {
    this.#command = command;
    this.#step.begin(from, undefined, true);
    perform(this.#step, command);
    return this.#step.state;
  }

  /** The rules that the last command exercised. */
  get rules(): RuleSet {
    const { exercised, exercisedCount } = this.#step;
    let rules = NO_RULES;
    for (let index = 0; index < exercisedCount; index++) rules = withRule(rules, exercised[index] ?? 0);
    return rules;
  }

  /** What the last command is expected to show; of a range, whatever the number of its pages. */
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
   * Which rules a clause would speak for after a command, on any of its ways: the likeliest need not be the one that the
   * target takes. Without a clause, all of them. Comes last: it leaves another way behind.
   */
  blamed(from: State, clause: Clause | undefined): RuleSet {
    let rules = NO_RULES;
    for (const part of clause === undefined ? [] : AROUND[clause])
      rules = withRule(rules, ruleIndex(AT_REST[part]));
    rules |= this.#blamedNow(clause);
    for (let ways = 1; ways < MOST_WAYS && this.#step.next(from); ways++) {
      perform(this.#step, this.#command);
      rules |= this.#blamedNow(clause);
    }
    return rules;
  }

  #blamedNow(clause: Clause | undefined): RuleSet {
    const { blame, pageBlame } = this.#step;
    let rules = NO_RULES;
    for (const part of clause === undefined ? ALL_BUT_VALUE : SPEAKS[clause]) {
      rules = withRule(rules, ruleIndex(blame[part]));
    }
    for (const rule of pageBlame) rules = withRule(rules, rule);
    return rules;
  }
}
