import { CATALOGUE, type RequirementId } from '../requirements/catalogue.ts';

/** How often the antecedent of each requirement was met, and how often a SHOULD was not followed. */
export class Tally {
  readonly #exercised = new Map<RequirementId, number>();
  readonly #slighted = new Map<RequirementId, number>();

  exercised(requirement: RequirementId): number {
    return this.#exercised.get(requirement) ?? 0;
  }

  slighted(requirement: RequirementId): number {
    return this.#slighted.get(requirement) ?? 0;
  }

  exercise(requirement: RequirementId): void {
    this.#exercised.set(requirement, this.exercised(requirement) + 1);
  }

  slight(requirement: RequirementId): void {
    this.#slighted.set(requirement, this.slighted(requirement) + 1);
  }

  /** Adds what another tally counted. */
  add(other: Tally): void {
    for (const { id } of CATALOGUE) {
      const exercised = other.exercised(id);
      const slighted = other.slighted(id);
      if (exercised > 0) this.#exercised.set(id, this.exercised(id) + exercised);
      if (slighted > 0) this.#slighted.set(id, this.slighted(id) + slighted);
    }
  }
}
