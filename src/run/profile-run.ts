import { Tally } from '../../spec/judge/tally.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { type RequirementId, ruleIndex } from '../../spec/requirements/catalogue.ts';
import { brokenInCorpus, CaseCounts, Problems, requirementOutcomes, hasBailed } from './profile-counts.ts';
import { requirementsOf } from '../shrink/finding.ts';
import type { DirectedOutcome, ProfileOutcome, TargetCoverage } from './outcome.ts';
import { propertiesFor } from '../examine/examiner.ts';
import { ProfileCases, SINGLE_SHARD } from './profile-cases.ts';
import { ProfileFindings } from './profile-findings.ts';
import { ProfileProgress, type WholeRun } from './profile-progress.ts';
import { LocalStretches } from './local-stretches.ts';
import type { RunBudget, RunOptions } from './run-options.ts';
import { Quiet } from './quiet.ts';
import type { ProfileSpecification } from './specification.ts';
import type { NotableCase, Stretch, Stretches, StretchRequest } from './stretch.ts';

const FRESH_WORLD = ruleIndex('robust.fresh-world');

/**
 * Runs one profile: the directed suite, then random cases. Adds the results of the cases in order, wherever they were
 * run, and collects counts, problems and findings.
 */
export class ProfileRun {
  readonly #options: RunOptions;
  readonly #profile: ProfileName;
  readonly #budget: RunBudget;
  readonly #specification: ProfileSpecification | undefined;
  readonly #cases: ProfileCases;
  readonly #counts = new CaseCounts();
  readonly #tally = new Tally();
  readonly #properties: readonly { readonly id: string; readonly title: string; covered: number }[];
  readonly #problems = new Problems();
  readonly #progress: ProfileProgress;
  readonly #findings: ProfileFindings;
  /** In a run until quiet. */
  readonly #quiet: Quiet | undefined;
  #directed: DirectedOutcome | undefined;
  /** The points of its own code that the target reported. */
  readonly #reached = new Set<number>();
  #reachedByDirected: number | undefined;
  #reportsCoverage = false;
  #hasEarlier = false;
  /** The place after the last case whose result was added. */
  #ended = 0;
  #isQuiet = false;

  constructor(options: RunOptions, profile: ProfileName, budget: RunBudget, whole: WholeRun) {
    const { capabilities } = options.target.hello;
    this.#options = options;
    this.#profile = profile;
    this.#budget = budget;
    this.#specification = whole.specification;
    this.#cases = new ProfileCases(profile, capabilities, {
      ...options,
      plan: this.#specification?.plan,
    });
    this.#quiet = 'untilQuiet' in budget ? new Quiet(profile, capabilities) : undefined;
    this.#properties = propertiesFor(profile, capabilities).map(({ id, title }) => ({
      id,
      title,
      covered: 0,
    }));
    this.#progress = new ProfileProgress(
      options,
      profile,
      budget,
      { ...whole, directed: this.#cases.suite.length },
      this.#counts,
      this.#tally,
    );
    this.#findings = new ProfileFindings(
      options,
      { profile, made: whole.made },
      this.#counts,
      this.#problems,
      this.#progress,
    );
  }

  async run(): Promise<ProfileOutcome> {
    const stretches = this.#stretches();
    try {
      while (!this.#isOver) {
        const stretch = await stretches.next();
        if (stretch === undefined) {
          if (this.#isOver || !this.#planMore()) break;
          continue;
        }
        await this.#add(stretch);
        await this.#progress.breathe();
      }
    } finally {
      await stretches.end();
    }
    if (this.#options.shard === undefined) {
      await this.#findings.takeWarnings();
      await this.#findings.takeOthers();
    }
    this.#progress.tell();
    return this.#outcome();
  }

  #stretches(): Stretches {
    const { target, others = [], shard = SINGLE_SHARD, signal, journal, workers } = this.#options;
    const request: StretchRequest = {
      profile: this.#profile,
      cases: this.#cases,
      shard,
      from: 0,
      isWanted: (place) => !this.#isOver && this.#isWithinBudget(place),
      signal,
      watcher: this.#specification?.watcher,
    };
    const live = workers ?? ((one: StretchRequest) => new LocalStretches([target, ...others], one));
    return journal === undefined ? live(request) : journal.stretches(request, live);
  }

  /** Plans further cases, which depend on the choices of the target. Returns false if there are none. */
  #planMore(): boolean {
    if (this.#options.isPlanFixed === true) return false;
    const isSpent =
      'milliseconds' in this.#budget && performance.now() - this.#progress.began >= this.#budget.milliseconds;
    return !isSpent && this.#specification?.plan?.extend() === true;
  }

  /** Whether the profile ends before its budget is spent. */
  get #isOver(): boolean {
    if (this.#options.signal?.aborted === true || hasBailed(this.#options)) return true;
    return this.#findings.areEnough || this.#problems.areTooMany || this.#isQuiet;
  }

  #isWithinBudget(place: number): boolean {
    const random = place - this.#cases.suite.length;
    if (random < 0) return true;
    if (!this.#cases.has(place)) return false;
    if ('untilQuiet' in this.#budget || 'untilEnd' in this.#budget) return true;
    return 'runs' in this.#budget
      ? random < this.#budget.runs
      : performance.now() - this.#progress.began < this.#budget.milliseconds;
  }

  async #add({ from, to, totals, notable }: Stretch): Promise<void> {
    const { counts, coverage, unjudged, targetCoverage } = totals;
    this.#counts.add(counts);
    this.#problems.add(unjudged);
    this.#tally.add(coverage.tally);
    // The first case of a run has no earlier one, which workers do not know.
    if (!this.#hasEarlier && this.#tally.covered('robust.fresh-world') > 0) {
      this.#tally.cover(FRESH_WORLD, -1);
      this.#hasEarlier = true;
    }
    for (const [at, property] of this.#properties.entries()) property.covered += coverage.properties[at] ?? 0;
    if (targetCoverage !== undefined) this.#addReached(targetCoverage);
    if (notable !== undefined) await this.#decide(notable);
    this.#ended = to;
    this.#addToQuiet(from, to);
    if (to !== this.#cases.suite.length) return;
    this.#directed = this.#directedSoFar();
    this.#reachedByDirected = this.#reached.size;
  }

  #addReached(points: readonly number[]): void {
    this.#reportsCoverage = true;
    const before = this.#reached.size;
    for (const point of points) this.#reached.add(point);
    if (this.#reached.size > before) this.#progress.somethingNew();
  }

  get #targetCoverage(): TargetCoverage | undefined {
    if (!this.#reportsCoverage) return undefined;
    return {
      points: [...this.#reached].toSorted((one, other) => one - other),
      directed: this.#reachedByDirected,
    };
  }

  /** Decides only at the ends of blocks, so that the place at which a run ends does not depend on its stretches. */
  #addToQuiet(from: number, to: number): void {
    const quiet = this.#quiet;
    if (quiet === undefined || from < this.#cases.suite.length) return;
    for (let place = from; place < to; place++) quiet.add(this.#cases.at(place));
    if (this.#cases.blockEnd(to - 1) !== to) return;
    quiet.note(
      [this.#progress.covered, ...this.#findings.all.map(({ otherSymptoms }) => otherSymptoms.length)].join(),
    );
    this.#isQuiet = quiet.isQuiet;
  }

  async #decide({
    place,
    case: testCase,
    examined,
    target = this.#options.target,
  }: NotableCase): Promise<void> {
    const number = this.#cases.numberAt(place);
    if (examined.kind === 'judged' && examined.verdict.kind !== 'violates') {
      this.#problems.addDisagreements(number, examined.broken);
      if (examined.notFollowed === true) this.#findings.noteNotFollowed(number, examined);
      return;
    }
    await this.#findings.take({ ...number, case: testCase, examined, isIncidental: false }, target);
  }

  #directedSoFar(): DirectedOutcome | undefined {
    const { length } = this.#cases.suite;
    if (length === 0) return undefined;
    const { cases, commands } = this.#counts;
    const { covered, coverable } = this.#progress;
    return { of: length, cases, commands, covered, coverable };
  }

  #outcome(): ProfileOutcome {
    const findings = this.#findings.all;
    const tally = this.#tally;
    const directed = this.#directed ?? this.#directedSoFar();
    const walked = this.#specification?.walked;
    if (walked !== undefined) tally.add(walked.take());
    const { cases, commands, sent, moved, asked } = this.#counts;
    const { disagreements, inconclusive, inconclusiveReason, protocolErrors, setAside, setAsideReason } =
      this.#problems;
    const { target, corpus } = this.#options;
    const violated = new Set<RequirementId>([
      ...findings.flatMap((finding) => [...requirementsOf(finding)]),
      ...brokenInCorpus(corpus, this.#profile),
    ]);
    return {
      profile: this.#profile,
      directed,
      cases,
      commands,
      sent,
      moved,
      asked,
      requirements: requirementOutcomes(this.#profile, target.hello.capabilities, tally, violated),
      tally,
      specification: this.#specification?.coverage.summary(),
      completeness: this.#specification?.completeness?.(Math.max(0, this.#ended - this.#cases.suite.length)),
      properties: this.#properties,
      targetCoverage: this.#targetCoverage,
      findings,
      warnings: this.#findings.warnings,
      disagreements,
      inconclusive,
      inconclusiveReason,
      setAside,
      setAsideReason,
      protocolErrors,
      elapsed: performance.now() - this.#progress.began,
    };
  }
}
