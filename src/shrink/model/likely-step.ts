import { CATALOGUE, ruleIndex } from '../../../spec/requirements/catalogue.ts';
import type { Clause } from '../../../spec/judge/verdict.ts';
import { AT_REST, type Attribution } from '../../../spec/model/attribution/attribution.ts';
import { applyRule } from '../../../spec/model/commands.ts';
import { isExclusive, State, WATCHED_STORES } from '../../../spec/model/state.ts';
import { Step } from '../../../spec/model/step.ts';
import { judgingOptionsFor } from '../../../spec/model/judging-options.ts';
import { PROFILES } from '../../../spec/profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../../spec/vocabulary/capability.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import { isBoth, isVector } from '../../../spec/vocabulary/result.ts';
import { stateKey } from '../../../spec/model/canonical.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';

/** A set of requirements as a bit set over the catalogue, cheap to create and compare. */
export type RuleSet = bigint;

export const NO_RULES: RuleSet = 0n;

/** The set of each single requirement; one more for requirements not in the catalogue. */
const SINGLE: readonly RuleSet[] = Array.from(
  { length: CATALOGUE.length + 1 },
  (_, rule) => 1n << BigInt(rule),
);

export const withRule = (rules: RuleSet, rule: number): RuleSet => rules | (SINGLE[rule] ?? NO_RULES);

export function sizeOf(rules: RuleSet): number {
  let size = 0;
  for (let left = rules; left > 0n; left &= left - 1n) size++;
  return size;
}

/** The catalogue indices of the requirements in a set, in order. */
const rulesIn = (rules: RuleSet): readonly number[] =>
  SINGLE.flatMap((single, rule) => ((rules & single) === NO_RULES ? [] : [rule]));

const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);

/** The parts of an attribution that belong to each clause. */
const SPEAKS: { readonly [C in Clause]: readonly (keyof Attribution)[] } = {
  result: ['result'],
  value: ['value'],
  callbacks: ['faults', 'frees'],
  entries: ['entry', 'sharers', 'writable', 'folio'],
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
    applyRule(this.#step, command);
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
      applyRule(this.#step, this.#command);
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

/**
 * The model states before each command of a case, with the most likely choices. They decide which candidates are worth
 * running: the model answers in a microsecond, a target may need a second.
 */
export class LikelyPath {
  readonly #case: Case;
  readonly #step: Step;
  /** The state before command i at index i; the final state last. */
  readonly #states: State[] = [];
  readonly #keys: string[] = [];

  constructor(testCase: Case) {
    this.#case = testCase;
    this.#step = new Step(testCase.scope, judgingOptionsFor(PROFILES[testCase.profile], EVERYTHING));
    const admission = new Admission(testCase.scope, testCase.profile);
    let state = new State(testCase.scope);
    this.#add(state);
    for (const command of testCase.commands) {
      if (admission.admit(command) === undefined) state = this.#after(state, command).clone();
      this.#add(state);
    }
  }

  #add(state: State): void {
    this.#states.push(state);
    this.#keys.push(shapeOf(state.clone()));
  }

  /** The state after a command; valid until the next call. */
  #after(state: State, command: Command): State {
    this.#step.begin(state, undefined, true);
    applyRule(this.#step, command);
    return this.#step.state;
  }

  /**
   * The requirements that the clauses of the last command stand for, and those of its pages. If they are equal, the
   * same bug may show in it. The requirement of a wrong value is omitted: it depends on the history of the page, which
   * shrinking changes.
   */
  get meaning(): string {
    const { commands } = this.#case;
    const before = this.#states[commands.length - 1];
    const last = commands.at(-1);
    if (before === undefined || last === undefined) return '';
    this.#after(before, last);
    const { result, faults, frees, entry, sharers, writable, references, mappings } = this.#step.attribution;
    const rules = [result, faults, frees, entry, sharers, writable, references, mappings];
    return [...rules, ...this.#step.pageAttribution].join();
  }

  /**
   * The commands that lead from the state at the beginning of the window to the state at its end, apart from values and
   * write permissions of entries.
   */
  doLike(start: number, end: number, commands: readonly Command[]): readonly Command[] {
    const from = this.#states[start];
    if (from === undefined) return [];
    const admission = new Admission(this.#case.scope, this.#case.profile);
    for (const command of this.#case.commands.slice(0, start)) admission.admit(command);
    return commands.filter(
      (command) =>
        admission.refusal(command) === undefined && shapeOf(this.#after(from, command)) === this.#keys[end],
    );
  }
}

/**
 * A key of a state without stored values, the origin of write permissions, and records of stores. Modifies the state.
 */
function shapeOf(shape: State): string {
  shape.value.fill(0);
  shape.common.fill(0);
  for (let entry = 0; entry < shape.entry.length; entry++) {
    const writable = shape.writable[entry] ?? 0;
    shape.writable[entry] = isExclusive(writable) ? writable : 0;
    shape.track[entry] = (shape.track[entry] ?? 0) & WATCHED_STORES;
  }
  return stateKey(shape, true);
}
