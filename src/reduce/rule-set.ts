import { CATALOGUE } from '../../spec/requirements/catalogue.ts';

/** A set of rules, by their places in the catalogue: a bit each, so that sets of them are cheap to make and compare. */
export type RuleSet = bigint;

export const NO_RULES: RuleSet = 0n;

/** The set of each single rule; one for those that the catalogue lacks. */
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

/** The places in the catalogue of the rules in a set, in order. */
export const rulesIn = (rules: RuleSet): readonly number[] =>
  SINGLE.flatMap((single, rule) => ((rules & single) === NO_RULES ? [] : [rule]));
