import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { type DirectedCase, directedSuite } from '../generate/directed-suite.ts';
import { focusOps } from '../generate/strategy.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { brokenInCorpus, CaseCounts, Problems, requirementOutcomes } from './profile-counts.ts';
import { type CaseNumber, requirementsOf } from '../shrink/finding.ts';
import type { DirectedOutcome, ProfileOutcome } from './outcome.ts';
import { type DealtCase, WorkerPool } from './worker-pool.ts';
import { Examiner } from '../judge/examiner.ts';
import { ProfileFindings } from './profile-findings.ts';
import { type ProfileBudget, ProfileProgress, type WholeRun } from './profile-progress.ts';
import type { RunOptions } from './run-options.ts';

/**
 * Runs one profile: the directed suite, then random cases. Takes the cases in order, examines them, and collects
 * counts, problems and findings.
 */
export class ProfileRun {
  readonly #options: RunOptions;
  readonly #profile: ProfileName;
  readonly #budget: ProfileBudget;
  readonly #suite: readonly DirectedCase[];
  readonly #source: CaseSource;
  readonly #examiner: Examiner;
  readonly #cases: WorkerPool;
  readonly #counts = new CaseCounts();
  readonly #problems = new Problems();
  readonly #progress: ProfileProgress;
  readonly #findings: ProfileFindings;
  #directed: DirectedOutcome | undefined;

  constructor(options: RunOptions, profile: ProfileName, budget: ProfileBudget, whole: WholeRun) {
    const { target, others = [], focus, directed = false } = options;
    const { capabilities } = target.hello;
    this.#options = options;
    this.#profile = profile;
    this.#budget = budget;
    this.#suite = directed ? directedSuite(profile, capabilities) : [];
    this.#examiner = new Examiner(target, profile);
    this.#source = new CaseSource({ profile, capabilities, focused: focusOps(focus) });
    this.#cases = new WorkerPool(
      [target, ...others],
      (place) => this.#caseAt(place),
      (place) => this.#goesOn(place),
    );
    this.#progress = new ProfileProgress(
      options,
      profile,
      budget,
      { ...whole, directed: this.#suite.length },
      this.#counts,
      this.#examiner.tally,
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
    try {
      for (let dealt = await this.#cases.take(); dealt !== undefined; dealt = await this.#cases.take()) {
        await this.#take(dealt);
        await this.#progress.breathe();
      }
    } finally {
      await this.#cases.end();
    }
    await this.#findings.takeWarnings();
    await this.#findings.takeOthers();
    this.#progress.tell();
    return this.#outcome();
  }

  /** The directed suite comes first; random cases are numbered separately. */
  #caseAt(place: number): Case {
    const directed = this.#suite[place];
    return directed === undefined
      ? this.#source.draw(caseRandom(this.#options.seed, place - this.#suite.length))
      : directed.case;
  }

  #numberAt(place: number): CaseNumber {
    const directed = this.#suite[place];
    return directed === undefined
      ? { index: place - this.#suite.length }
      : { index: place, directed: directed.name };
  }

  #goesOn(place: number): boolean {
    if (this.#options.signal?.aborted === true) return false;
    if (this.#findings.areEnough || this.#problems.areTooMany) return false;
    if (place < this.#suite.length) return true;
    return 'runs' in this.#budget
      ? place - this.#suite.length < this.#budget.runs
      : performance.now() - this.#progress.began < this.#budget.milliseconds;
  }

  async #take(dealt: DealtCase): Promise<void> {
    await this.#examine(dealt);
    if (dealt.index === this.#suite.length - 1) this.#directed = this.#directedSoFar();
  }

  async #examine({ index: place, case: testCase, run, target }: DealtCase): Promise<void> {
    const number = this.#numberAt(place);
    // A case that the end of the run interrupted counts as not run.
    if (run.kind === 'failure' && this.#options.signal?.aborted === true) return;
    this.#counts.addCase(testCase);
    const examined = this.#examiner.examineRun(run);
    if (examined.kind === 'judged') {
      this.#counts.addTrace(examined.trace);
      const { verdict, broken } = examined;
      if (verdict.kind === 'inconclusive') {
        if (verdict.isAtCap === true) this.#problems.addSetAside(verdict.reason);
        else this.#problems.addInconclusive(verdict.reason);
      }
      if (verdict.kind !== 'violates') {
        this.#problems.addDisagreements(number, broken);
        if (examined.notFollowed === true) this.#findings.noteNotFollowed(number, examined);
        return;
      }
    }
    await this.#cases.withdraw(target);
    await this.#findings.take({ ...number, case: testCase, examined, isIncidental: false }, target);
    this.#cases.giveBack(target);
  }

  #directedSoFar(): DirectedOutcome | undefined {
    if (this.#suite.length === 0) return undefined;
    const { cases, commands } = this.#counts;
    const { covered, coverable } = this.#progress;
    return { of: this.#suite.length, cases, commands, covered, coverable };
  }

  #outcome(): ProfileOutcome {
    const findings = this.#findings.all;
    const { tally, properties } = this.#examiner;
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
      directed: this.#directed ?? this.#directedSoFar(),
      cases,
      commands,
      sent,
      moved,
      asked,
      requirements: requirementOutcomes(this.#profile, target.hello.capabilities, tally, violated),
      tally,
      properties: properties.map(({ property, covered }) => ({
        id: property.id,
        title: property.title,
        covered,
      })),
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
