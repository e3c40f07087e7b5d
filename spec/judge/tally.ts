import { CATALOGUE, type RequirementId, ruleIndex } from '../requirements/catalogue.ts';

/** What a look at a target may show, as bits. */
const ENTRIES = 1;
const COUNTS = 2;
const LEAST = 4;
const ACCOUNTING = 8;

/** Requirements that every look exercises which shows this: counted by look, and added up when somebody asks. */
const BY_LOOK: ReadonlyMap<RequirementId, number> = new Map<RequirementId, number>([
  ['robust.at-rest', ENTRIES],
  ['count.one-object', ENTRIES],
  ['count.idle', COUNTS],
  ['count.references', COUNTS],
  ['count.mappings', COUNTS],
  ['count.never-zero', LEAST],
  ['account.rss', ACCOUNTING],
  ['account.charge', ACCOUNTING],
]);

/** How often the antecedent of each requirement was met, and how often a SHOULD was not followed. */
export class Tally {
  readonly #exercised = new Float64Array(CATALOGUE.length);
  readonly #slighted = new Float64Array(CATALOGUE.length);
  /** By what they showed: how many looks. */
  readonly #looks = new Float64Array(16);

  exercised(requirement: RequirementId): number {
    let count = this.#exercised[ruleIndex(requirement)] ?? 0;
    const shown = BY_LOOK.get(requirement);
    if (shown === undefined) return count;
    for (const [look, times] of this.#looks.entries()) if ((look & shown) !== 0) count += times;
    return count;
  }

  slighted(requirement: RequirementId): number {
    return this.#slighted[ruleIndex(requirement)] ?? 0;
  }

  /** Counts one exercise of the requirement with this catalogue index. */
  exercise(rule: number): void {
    this.#exercised[rule] = (this.#exercised[rule] ?? 0) + 1;
  }

  /** Counts one look at the target, with what it showed. */
  look(entries: boolean, counts: boolean, least: boolean, accounting: boolean): void {
    const shown =
      (entries ? ENTRIES : 0) | (counts ? COUNTS : 0) | (least ? LEAST : 0) | (accounting ? ACCOUNTING : 0);
    this.#looks[shown] = (this.#looks[shown] ?? 0) + 1;
  }

  slight(requirement: RequirementId): void {
    const rule = ruleIndex(requirement);
    this.#slighted[rule] = (this.#slighted[rule] ?? 0) + 1;
  }
}
