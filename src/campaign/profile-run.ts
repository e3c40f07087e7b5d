import type { ProfileName } from '../../spec/profiles/profile.ts';
import {
  appliesTo,
  CATALOGUE,
  type CatalogueEntry,
  type RequirementId,
} from '../../spec/requirements/catalogue.ts';
import { fingerprintOf } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { caseRandom } from '../explore/case-random.ts';
import { CaseSource } from '../explore/case-source.ts';
import { favouredOps } from '../explore/favour.ts';
import { confirmFailure } from '../targets/confirm.ts';
import type { TargetFailure } from '../targets/target.ts';
import { asItWasFound } from './as-it-was-found.ts';
import { brokenInCorpus } from './corpus-outcome.ts';
import { makeCounterexample } from './counterexample.ts';
import { type Examined, Examiner, fingerprintOfExamined, isFinding } from './examiner.ts';
import type { Counterexample, Finding } from './finding.ts';
import { forget } from './finding-store.ts';
import { type FailingCase, OtherFailures } from './other-failures.ts';
import type { Disagreement, ProfileOutcome } from './outcome.ts';
import { Pace } from './pace.ts';
import type { Progress } from './progress.ts';
import { missingFor, requirementOutcomes } from './requirement-outcomes.ts';
import type { RunOptions } from './run-options.ts';
import { onceInWords, wasSeenOnce } from './seen-once.ts';
import { isVector } from '../../spec/vocabulary/result.ts';

/** Distinct ways to fail that are reduced and reported; a target with more is broken enough to be mended first. */
const MOST_FINDINGS = 12;
/** Cases that fail, after which exploring on would only tell the same again. */
const MOST_FAILING = 500;
const MOST_PROTOCOL_ERRORS = 5;
const MOST_DISAGREEMENTS = 5;
/** How long failures that were met while others were reduced may be reduced themselves, in milliseconds. */
const FOR_OTHERS = 30_000;

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
  readonly #others = new OtherFailures();
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
    await this.#takeOthers();
    this.#tell();
    return this.#outcome();
  }

  /** Failures that were met while others were reduced, and that no case of the run has come to. */
  async #takeOthers(): Promise<void> {
    const until = performance.now() + FOR_OTHERS;
    while (this.#options.signal?.aborted !== true && this.#findings.size < MOST_FINDINGS) {
      const other = this.#others.next(this.#findings);
      if (other === undefined) return;
      const milliseconds = Math.max(0, until - performance.now());
      await this.#takeFailing(other, milliseconds);
    }
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
    const failing = { index, case: testCase, examined, isByTheWay: false };
    if (examined.kind === 'failed') return this.#takeFailing(failing);
    this.#count(examined.trace);
    const { verdict, broken } = examined;
    if (verdict.kind === 'violates') return this.#takeFailing(failing);
    if (verdict.kind === 'inconclusive') this.#doubt(verdict.reason);
    for (const breach of broken) {
      if (this.#disagreements.length < MOST_DISAGREEMENTS) this.#disagreements.push({ index, ...breach });
    }
  }

  /** A crash or a hang is located where it happens again; one that does not may come and go. */
  async #takeFailing(failing: FailingCase, milliseconds: number = Infinity): Promise<void> {
    const { index, case: testCase, examined } = failing;
    if (examined.kind === 'judged') return this.#takeViolation(failing, milliseconds);
    const { failure } = examined;
    if (!isFinding(failure)) {
      this.#takeProtocolError(index, failure);
      return;
    }
    this.#phase = 'confirming';
    this.#tell();
    const { confirmed, step } = await confirmFailure(this.#options.target, testCase, failure);
    this.#phase = 'exploring';
    const located: Examined = { kind: 'failed', failure: { ...failure, step } };
    await this.#takeViolation({ ...failing, examined: located }, milliseconds, confirmed);
  }

  #takeProtocolError(index: number, failure: TargetFailure): void {
    if (this.#protocolErrors.length < MOST_PROTOCOL_ERRORS) this.#protocolErrors.push({ index, failure });
  }

  async #takeViolation(failing: FailingCase, milliseconds: number, confirmed?: boolean): Promise<void> {
    const { index, case: testCase, examined } = failing;
    this.#failing++;
    const asFound = fingerprintOfExamined(examined);
    const known = asFound === undefined ? undefined : this.#findings.get(asFound);
    if (known !== undefined && asFound !== undefined) {
      this.#findings.set(asFound, { ...known, times: known.times + 1 });
      return;
    }
    const { target, store } = this.#options;
    // A run that is killed while it reduces must not lose what it reduces.
    const unreduced = asItWasFound(testCase, examined);
    const unreducedFile = unreduced && (await store?.save(this.#findingOf(failing, unreduced)));
    this.#phase = 'reducing';
    this.#tell();
    const counterexample = await makeCounterexample(target, testCase, examined, {
      asks: Infinity,
      milliseconds,
      byCost: true,
      confirmed,
      signal: this.#options.signal,
      onAsk: () => this.#breathe(),
      onProtocolError: (failure) => {
        this.#takeProtocolError(index, failure);
      },
      onOtherFailure: (other, how) => {
        this.#others.add({ index, case: other, examined: how, isByTheWay: true });
      },
    });
    this.#phase = 'exploring';
    if (counterexample === undefined) return;
    const finding = this.#findingOf(failing, counterexample);
    if (wasSeenOnce(counterexample.flaky)) {
      const file = await store?.save(finding);
      await forget(store, unreducedFile, file);
      this.#doubt(onceInWords(index, counterexample, file));
      return;
    }
    this.#newest = this.#cases;
    const { fingerprint } = finding;
    // Seen at a look in between, it had another name: under its own it may be known already.
    const same = this.#findings.get(fingerprint);
    const kept: Finding =
      same === undefined
        ? { ...finding, file: await store?.save(finding) }
        : { ...same, times: same.times + 1 };
    this.#findings.set(fingerprint, kept);
    await forget(store, unreducedFile, kept.file);
    if (same === undefined) this.#options.onFinding?.(kept);
  }

  #findingOf({ index, case: found, isByTheWay }: FailingCase, counterexample: Counterexample): Finding {
    return {
      fingerprint: fingerprintOf(counterexample.violation),
      index,
      after: this.#commands,
      found,
      counterexample,
      times: 1,
      file: undefined,
      isByTheWay,
    };
  }

  #doubt(reason: string): void {
    this.#inconclusive++;
    this.#inconclusiveReason ??= reason;
  }

  #count(trace: Trace): void {
    for (const observation of trace.observations) {
      if (observation === undefined) continue;
      this.#sent++;
      if (!isVector(observation.result)) continue;
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
    const violated = new Set<RequirementId>([
      ...findings.map(({ counterexample }) => counterexample.violation.requirement),
      ...brokenInCorpus(this.#options.corpus, this.#profile),
    ]);
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
