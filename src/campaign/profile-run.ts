import type { ProfileName } from '../../spec/profiles/profile.ts';
import {
  appliesTo,
  CATALOGUE,
  type CatalogueEntry,
  type RequirementId,
} from '../../spec/requirements/catalogue.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { caseRandom } from '../explore/case-random.ts';
import { CaseSource } from '../explore/case-source.ts';
import { favouredOps } from '../explore/favour.ts';
import { confirmFailure } from '../targets/confirm.ts';
import type { TargetFailure } from '../targets/target.ts';
import { makeCounterexample } from './counterexample.ts';
import { type Examined, Examiner, fingerprintOfExamined, isFinding } from './examiner.ts';
import type { Finding } from './finding.ts';
import type { Disagreement, ProfileOutcome } from './outcome.ts';
import { Pace } from './pace.ts';
import type { Progress } from './progress.ts';
import { missingFor, requirementOutcomes } from './requirement-outcomes.ts';
import type { RunOptions } from './run-options.ts';

/** Distinct ways to fail that are reduced and reported; a target with more is broken enough to be mended first. */
const MOST_FINDINGS = 12;
/** Cases that fail, after which exploring on would only tell the same again. */
const MOST_FAILING = 500;
const MOST_PROTOCOL_ERRORS = 5;
const MOST_DISAGREEMENTS = 5;
const REDUCTION = { asks: 100_000, milliseconds: 30_000 };

export type ProfileBudget = { readonly runs: number } | { readonly milliseconds: number };

/** The run of one profile: draws cases, examines them, and keeps what they came to. */
export class ProfileRun {
  readonly #options: RunOptions;
  readonly #profile: ProfileName;
  readonly #budget: ProfileBudget;
  readonly #examiner: Examiner;
  readonly #source: CaseSource;
  readonly #pace = new Pace();
  readonly #began = performance.now();
  readonly #exercisable: readonly CatalogueEntry[];
  readonly #findings = new Map<string, Finding>();
  readonly #disagreements: Disagreement[] = [];
  readonly #protocolErrors: { readonly index: number; readonly failure: TargetFailure }[] = [];
  #failing = 0;
  #cases = 0;
  #commands = 0;
  #sent = 0;
  #moved = 0;
  #asked = 0;
  #inconclusive = 0;
  #inconclusiveReason: string | undefined;
  #phase: Progress['phase'] = 'exploring';
  #exercised = 0;
  #newest = 0;

  constructor(options: RunOptions, profile: ProfileName, budget: ProfileBudget) {
    const { capabilities } = options.target.hello;
    this.#options = options;
    this.#profile = profile;
    this.#budget = budget;
    this.#examiner = new Examiner(options.target, profile);
    this.#source = new CaseSource({ profile, capabilities, favoured: favouredOps(options.focus) });
    this.#exercisable = CATALOGUE.filter(
      (requirement) => appliesTo(requirement, profile) && missingFor(requirement, capabilities).length === 0,
    );
  }

  async run(): Promise<ProfileOutcome> {
    for (let index = 0; this.#goesOn(index); index++) {
      const testCase = this.#source.draw(caseRandom(this.#options.seed, index));
      await this.#take(index, testCase, await this.#examiner.examine(testCase));
      await this.#breathe();
    }
    this.#tell();
    return this.#outcome();
  }

  #goesOn(index: number): boolean {
    if (this.#options.signal?.aborted === true) return false;
    if (this.#findings.size >= MOST_FINDINGS || this.#failing >= MOST_FAILING) return false;
    if (this.#protocolErrors.length >= MOST_PROTOCOL_ERRORS) return false;
    return 'runs' in this.#budget
      ? index < this.#budget.runs
      : performance.now() - this.#began < this.#budget.milliseconds;
  }

  async #take(index: number, testCase: Case, examined: Examined): Promise<void> {
    this.#cases++;
    this.#commands += testCase.commands.length;
    if (examined.kind === 'failed') return this.#takeFailure(index, testCase, examined);
    this.#count(examined.trace);
    const { verdict, broken } = examined;
    if (verdict.kind === 'violates') return this.#takeViolation(index, testCase, examined);
    if (verdict.kind === 'inconclusive') this.#doubt(verdict.reason);
    for (const breach of broken) {
      if (this.#disagreements.length < MOST_DISAGREEMENTS) this.#disagreements.push({ index, ...breach });
    }
  }

  /** A case that the target did not answer: a crash or a hang is a finding when it happens again. */
  async #takeFailure(
    index: number,
    testCase: Case,
    examined: Extract<Examined, { readonly kind: 'failed' }>,
  ): Promise<void> {
    const { failure } = examined;
    if (!isFinding(failure)) {
      this.#takeProtocolError(index, failure);
      return;
    }
    this.#phase = 'confirming';
    this.#tell();
    const confirmation = await confirmFailure(this.#options.target, testCase, failure);
    this.#phase = 'exploring';
    if (!confirmation.confirmed) {
      this.#doubt(`${failure.message} It did not happen again when case ${index} was run once more.`);
      return;
    }
    await this.#takeViolation(index, testCase, {
      kind: 'failed',
      failure: { ...failure, step: confirmation.step },
    });
  }

  #takeProtocolError(index: number, failure: TargetFailure): void {
    if (this.#protocolErrors.length < MOST_PROTOCOL_ERRORS) this.#protocolErrors.push({ index, failure });
  }

  async #takeViolation(index: number, testCase: Case, examined: Examined): Promise<void> {
    this.#failing++;
    const asFound = fingerprintOfExamined(examined);
    const known = asFound === undefined ? undefined : this.#findings.get(asFound);
    if (known !== undefined && asFound !== undefined) {
      this.#findings.set(asFound, { ...known, times: known.times + 1 });
      return;
    }
    this.#phase = 'reducing';
    this.#tell();
    const counterexample = await makeCounterexample(this.#options.target, testCase, examined, {
      ...REDUCTION,
      signal: this.#options.signal,
      onAsk: () => this.#breathe(),
      onProtocolError: (failure) => {
        this.#takeProtocolError(index, failure);
      },
    });
    this.#phase = 'exploring';
    if (counterexample === undefined) {
      this.#doubt(`case ${index} failed and did not fail again`);
      return;
    }
    this.#newest = this.#cases;
    const { requirement, op, clause } = counterexample.violation;
    const fingerprint = `${requirement} ${op} ${clause}`;
    // Seen at a look in between, it had another name: under its own it may be known already.
    const same = this.#findings.get(fingerprint);
    const finding: Finding = {
      fingerprint,
      index,
      after: this.#commands,
      found: testCase,
      counterexample,
      times: 1,
      file: undefined,
    };
    if (same !== undefined) {
      this.#findings.set(fingerprint, { ...same, times: same.times + 1 });
      return;
    }
    this.#findings.set(fingerprint, { ...finding, file: await this.#options.save?.(finding) });
  }

  #doubt(reason: string): void {
    this.#inconclusive++;
    this.#inconclusiveReason ??= reason;
  }

  #count(trace: Trace): void {
    for (const observation of trace.observations) {
      if (observation === undefined) continue;
      this.#sent++;
      if (typeof observation.result !== 'object') continue;
      for (const page of observation.result) {
        this.#asked++;
        if (page === 'moved') this.#moved++;
      }
    }
  }

  #breathe(): Promise<void> {
    return this.#pace.breathe(() => {
      this.#tell();
    });
  }

  #tell(): void {
    const exercised = this.#exercisable.filter(({ id }) => this.#examiner.tally.exercised(id) > 0).length;
    if (exercised > this.#exercised) this.#newest = this.#cases;
    this.#exercised = exercised;
    const elapsed = performance.now() - this.#began;
    const wanted = 'runs' in this.#budget ? this.#budget.runs : undefined;
    this.#options.onProgress?.({
      profile: this.#profile,
      phase: this.#phase,
      cases: this.#cases,
      wanted,
      commands: this.#commands,
      commandsPerSecond: elapsed > 0 ? (this.#commands / elapsed) * 1000 : 0,
      exercised,
      exercisable: this.#exercisable.length,
      findings: this.#findings.size,
      elapsed,
      left: this.#left(elapsed, wanted),
      sinceNew: this.#cases - this.#newest,
    });
  }

  #left(elapsed: number, wanted: number | undefined): number | undefined {
    if (!('runs' in this.#budget)) return Math.max(0, this.#budget.milliseconds - elapsed);
    return wanted === undefined || this.#cases === 0
      ? undefined
      : (elapsed / this.#cases) * (wanted - this.#cases);
  }

  #outcome(): ProfileOutcome {
    const findings = [...this.#findings.values()];
    const violated = new Set<RequirementId>(
      findings.map(({ counterexample }) => counterexample.violation.requirement),
    );
    const { tally } = this.#examiner;
    return {
      profile: this.#profile,
      cases: this.#cases,
      commands: this.#commands,
      sent: this.#sent,
      moved: this.#moved,
      asked: this.#asked,
      requirements: requirementOutcomes(
        this.#profile,
        this.#options.target.hello.capabilities,
        tally,
        violated,
      ),
      tally,
      properties: this.#examiner.properties.map(({ property, exercised }) => ({
        id: property.id,
        title: property.title,
        exercised,
      })),
      findings,
      disagreements: this.#disagreements,
      inconclusive: this.#inconclusive,
      inconclusiveReason: this.#inconclusiveReason,
      protocolErrors: this.#protocolErrors,
    };
  }
}
