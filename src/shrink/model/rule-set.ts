import { CATALOGUE } from '../../../spec/requirements/catalogue.ts';

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
export const rulesIn = (rules: RuleSet): readonly number[] =>
  SINGLE.flatMap((single, rule) => ((rules & single) === NO_RULES ? [] : [rule]));
