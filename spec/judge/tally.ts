import { CATALOGUE, type RequirementId, ruleIndex } from '../requirements/catalogue.ts';

/** How often the antecedent of each requirement was met, and how often a SHOULD was not followed. */
export class Tally {
  readonly #exercised = new Float64Array(CATALOGUE.length);
  readonly #slighted = new Float64Array(CATALOGUE.length);

  exercised(requirement: RequirementId): number {
    return this.#exercised[ruleIndex(requirement)] ?? 0;
  }

  slighted(requirement: RequirementId): number {
    return this.#slighted[ruleIndex(requirement)] ?? 0;
  }

  /** Counts one exercise of the requirement with this catalogue index. */
  exercise(rule: number): void {
    this.#exercised[rule] = (this.#exercised[rule] ?? 0) + 1;
  }

  slight(requirement: RequirementId): void {
    const rule = ruleIndex(requirement);
    this.#slighted[rule] = (this.#slighted[rule] ?? 0) + 1;
  }
}
