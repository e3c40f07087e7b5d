import type { Tally } from '../../spec/judge/tally.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE, type CatalogueEntry } from '../../spec/requirements/catalogue.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import type { CaseCounts } from './profile-counts.ts';
import type { MadeGroups } from './finding-groups.ts';
import { Pace } from '../search/certify.ts';
import type { Progress, RunBudget, RunOptions } from './run-options.ts';
import type { ProfileSpecification } from './specification.ts';

/** The state of the whole run that one profile needs for its progress reports. */
export interface WholeRun {
  /** When the run of the first profile began. */
  readonly began: number;
  /** Counted from 1. */
  readonly profileNumber: number;
  /** The groups of findings created so far in the run. */
  readonly made: MadeGroups;
  /** The measured part of the specification in this profile. */
  readonly specification: ProfileSpecification | undefined;
}

/** Reports the progress of one profile at intervals, and yields to the event loop. */
export class ProfileProgress {
  readonly began = performance.now();
  findings = 0;
  #phase: Progress['phase'] = 'exploring';
  #tried = 0;
  readonly #options: RunOptions;
  readonly #profile: ProfileName;
  readonly #budget: RunBudget;
  readonly #whole: WholeRun & { readonly directed: number };
  readonly #counts: CaseCounts;
  readonly #tally: Tally;
  readonly #coverable: readonly CatalogueEntry[];
  readonly #pace = new Pace();
  #mostCovered = 0;
  #newest = 0;

  constructor(
    options: RunOptions,
    profile: ProfileName,
    budget: RunBudget,
    whole: WholeRun & { readonly directed: number },
    counts: CaseCounts,
    tally: Tally,
  ) {
    const { capabilities } = options.target.hello;
    this.#options = options;
    this.#profile = profile;
    this.#budget = budget;
    this.#whole = whole;
    this.#counts = counts;
    this.#tally = tally;
    this.#coverable = CATALOGUE.filter(
      (requirement) => appliesTo(requirement, profile) && missingFor(requirement, capabilities).length === 0,
    );
  }

  /** Number of covered requirements, of those that this target can cover. */
  get covered(): number {
    return this.#coverable.filter(({ id }) => this.#tally.covered(id) > 0).length;
  }

  get coverable(): number {
    return this.#coverable.length;
  }

  enter(phase: Progress['phase']): void {
    this.#phase = phase;
    this.#tried = 0;
    if (phase !== 'exploring') this.tell();
  }

  /** Records that the latest case covered or violated something for the first time. */
  somethingNew(): void {
    this.#newest = this.#counts.cases;
  }

  /** Records that a candidate is run while a counterexample is shrunk. */
  try(): Promise<void> {
    this.#tried++;
    return this.breathe();
  }

  breathe(): Promise<void> {
    return this.#pace.breathe(() => {
      this.tell();
    });
  }

  tell(): void {
    const { cases, commands } = this.#counts;
    const { covered } = this;
    if (covered > this.#mostCovered) this.somethingNew();
    this.#mostCovered = covered;
    const now = performance.now();
    const inProfile = now - this.began;
    const elapsed = now - this.#whole.began;
    const wanted = 'runs' in this.#budget ? this.#budget.runs : undefined;
    const directed = Math.min(cases, this.#whole.directed);
    this.#options.onProgress?.({
      profile: this.#profile,
      profileNumber: this.#whole.profileNumber,
      profiles: this.#options.profiles.length,
      phase: this.#phase,
      tried: this.#tried,
      cases: cases - directed,
      directed: { cases: directed, of: this.#whole.directed },
      wanted,
      planned: this.#whole.specification?.plan?.size,
      commands,
      strategy: this.#options.strategy ?? 'random',
      moves: this.#moves,
      commandsPerSecond: inProfile > 0 ? (commands / inProfile) * 1000 : 0,
      covered,
      coverable: this.coverable,
      findings: this.findings,
      elapsed,
      left: this.#left(elapsed, inProfile),
      sinceNew: cases - this.#newest,
    });
  }

  get #moves(): Progress['moves'] {
    const { specification } = this.#whole;
    if (specification === undefined) return undefined;
    const { made, graph } = specification.coverage;
    return { made, of: graph.moves };
  }

  /** The estimate assumes that all profiles take the same time. */
  #left(elapsed: number, inProfile: number): number | undefined {
    const { budget, profiles } = this.#options;
    const moves = this.#moves;
    if ('untilQuiet' in budget) return undefined;
    // Shrinking has a limit of its own, so the time per case says nothing about it.
    if (this.#phase !== 'exploring' && !('milliseconds' in budget)) return undefined;
    const planned = this.#whole.specification?.plan?.size;
    if ('untilEnd' in budget && planned !== undefined) {
      const done = this.#counts.cases - this.#whole.directed;
      const whole = done <= 0 ? undefined : (inProfile * planned) / done;
      return whole === undefined
        ? undefined
        : Math.max(0, whole - inProfile) + (profiles.length - this.#whole.profileNumber) * whole;
    }
    if ('untilEnd' in budget) {
      return moves === undefined || moves.made === 0
        ? undefined
        : inProfile * (moves.of / moves.made - 1) + (profiles.length - this.#whole.profileNumber) * inProfile;
    }
    if ('milliseconds' in budget) {
      const { profileNumber, directed } = this.#whole;
      const { cases } = this.#counts;
      // The directed suites are run completely, regardless of the time that they take.
      const due = Math.max(0, directed - cases) + (profiles.length - profileNumber) * directed;
      if (due > 0 && cases === 0) return undefined;
      return Math.max(0, budget.milliseconds - elapsed, due === 0 ? 0 : (inProfile / cases) * due);
    }
    const ofEach = budget.runs + this.#whole.directed;
    const done = (this.#whole.profileNumber - 1) * ofEach + this.#counts.cases;
    return done === 0 ? undefined : (elapsed / done) * (profiles.length * ofEach - done);
  }
}
