import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import { caseRandom } from '../explore/case-random.ts';
import { CaseSource } from '../explore/case-source.ts';
import { favouredOps } from '../explore/favour.ts';
import { CaseCounts } from './case-counts.ts';
import { brokenInCorpus } from './corpus-outcome.ts';
import { type DealtCase, DealtCases } from './dealt-cases.ts';
import { Doubts } from './doubts.ts';
import { Examiner } from './examiner.ts';
import type { ProfileOutcome } from './outcome.ts';
import { ProfileFindings } from './profile-findings.ts';
import { type ProfileBudget, ProfileProgress } from './profile-progress.ts';
import { requirementOutcomes } from './requirement-outcomes.ts';
import type { RunOptions } from './run-options.ts';

/** The run of one profile: draws cases, has them run, examines them, and keeps what they came to. */
export class ProfileRun {
  readonly #options: RunOptions;
  readonly #profile: ProfileName;
  readonly #budget: ProfileBudget;
  readonly #examiner: Examiner;
  readonly #cases: DealtCases;
  readonly #counts = new CaseCounts();
  readonly #doubts = new Doubts();
  readonly #progress: ProfileProgress;
  readonly #findings: ProfileFindings;

  constructor(options: RunOptions, profile: ProfileName, budget: ProfileBudget) {
    const { target, others = [], focus, seed } = options;
    const { capabilities } = target.hello;
    this.#options = options;
    this.#profile = profile;
    this.#budget = budget;
    this.#examiner = new Examiner(target, profile);
    const source = new CaseSource({ profile, capabilities, favoured: favouredOps(focus) });
    this.#cases = new DealtCases(
      [target, ...others],
      (index) => source.draw(caseRandom(seed, index)),
      (index) => this.#goesOn(index),
    );
    this.#progress = new ProfileProgress(options, profile, budget, this.#counts, this.#examiner.tally);
    this.#findings = new ProfileFindings(options, this.#counts, this.#doubts, this.#progress);
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

  #goesOn(index: number): boolean {
    if (this.#options.signal?.aborted === true) return false;
    if (this.#findings.areEnough || this.#doubts.areTooMany) return false;
    return 'runs' in this.#budget
      ? index < this.#budget.runs
      : performance.now() - this.#progress.began < this.#budget.milliseconds;
  }

  async #take({ index, case: testCase, run, target }: DealtCase): Promise<void> {
    // A case that the end of the run broke off was not run.
    if (run.kind === 'failure' && this.#options.signal?.aborted === true) return;
    this.#counts.addCase(testCase);
    const examined = this.#examiner.examineRun(run);
    if (examined.kind === 'judged') {
      this.#counts.addTrace(examined.trace);
      const { verdict, broken } = examined;
      if (verdict.kind === 'inconclusive') {
        if (verdict.isAtCap === true) this.#doubts.addSetAside(verdict.reason);
        else this.#doubts.addInconclusive(verdict.reason);
      }
      if (verdict.kind !== 'violates') {
        this.#doubts.addDisagreements(index, broken);
        if (examined.slighted === true) this.#findings.noteSlighted(index, examined);
        return;
      }
    }
    await this.#cases.withdraw(target);
    await this.#findings.take({ index, case: testCase, examined, isByTheWay: false }, target);
    this.#cases.giveBack(target);
  }

  #outcome(): ProfileOutcome {
    const findings = this.#findings.all;
    const { tally, properties } = this.#examiner;
    const { cases, commands, sent, moved, asked } = this.#counts;
    const { disagreements, inconclusive, inconclusiveReason, protocolErrors, setAside, setAsideReason } =
      this.#doubts;
    const { target, corpus } = this.#options;
    const violated = new Set<RequirementId>([
      ...findings.map(({ counterexample }) => counterexample.violation.requirement),
      ...brokenInCorpus(corpus, this.#profile),
    ]);
    return {
      profile: this.#profile,
      cases,
      commands,
      sent,
      moved,
      asked,
      requirements: requirementOutcomes(this.#profile, target.hello.capabilities, tally, violated),
      tally,
      properties: properties.map(({ property, exercised }) => ({
        id: property.id,
        title: property.title,
        exercised,
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
