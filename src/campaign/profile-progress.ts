import type { Tally } from '../../spec/judge/tally.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE, type CatalogueEntry } from '../../spec/requirements/catalogue.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import type { CaseCounts } from './case-counts.ts';
import { Pace } from './pace.ts';
import type { Progress } from './progress.ts';
import type { RunOptions } from './run-options.ts';

export type ProfileBudget = { readonly runs: number } | { readonly milliseconds: number };

/** Tells how far the run of one profile has come, now and then, and lets the world in while it does. */
export class ProfileProgress {
  readonly began = performance.now();
  findings = 0;
  #phase: Progress['phase'] = 'exploring';
  readonly #options: RunOptions;
  readonly #profile: ProfileName;
  readonly #budget: ProfileBudget;
  readonly #counts: CaseCounts;
  readonly #tally: Tally;
  readonly #exercisable: readonly CatalogueEntry[];
  readonly #pace = new Pace();
  #exercised = 0;
  #newest = 0;

  constructor(
    options: RunOptions,
    profile: ProfileName,
    budget: ProfileBudget,
    counts: CaseCounts,
    tally: Tally,
  ) {
    const { capabilities } = options.target.hello;
    this.#options = options;
    this.#profile = profile;
    this.#budget = budget;
    this.#counts = counts;
    this.#tally = tally;
    this.#exercisable = CATALOGUE.filter(
      (requirement) => appliesTo(requirement, profile) && missingFor(requirement, capabilities).length === 0,
    );
  }

  enter(phase: Progress['phase']): void {
    this.#phase = phase;
    if (phase !== 'exploring') this.tell();
  }

  /** The case that was taken last has shown something for the first time. */
  somethingNew(): void {
    this.#newest = this.#counts.cases;
  }

  breathe(): Promise<void> {
    return this.#pace.breathe(() => {
      this.tell();
    });
  }

  tell(): void {
    const { cases, commands } = this.#counts;
    const exercised = this.#exercisable.filter(({ id }) => this.#tally.exercised(id) > 0).length;
    if (exercised > this.#exercised) this.somethingNew();
    this.#exercised = exercised;
    const elapsed = performance.now() - this.began;
    const wanted = 'runs' in this.#budget ? this.#budget.runs : undefined;
    this.#options.onProgress?.({
      profile: this.#profile,
      phase: this.#phase,
      cases,
      wanted,
      commands,
      commandsPerSecond: elapsed > 0 ? (commands / elapsed) * 1000 : 0,
      exercised,
      exercisable: this.#exercisable.length,
      findings: this.findings,
      elapsed,
      left: this.#left(elapsed),
      sinceNew: cases - this.#newest,
    });
  }

  #left(elapsed: number): number | undefined {
    if (!('runs' in this.#budget)) return Math.max(0, this.#budget.milliseconds - elapsed);
    const { cases } = this.#counts;
    return cases === 0 ? undefined : (elapsed / cases) * (this.#budget.runs - cases);
  }
}
