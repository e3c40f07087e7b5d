import { fingerprintOf, isOfShould } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { confirmFailure, EFFORT } from '../targets/confirm.ts';
import type { Target, TargetFailure } from '../targets/target.ts';
import { earlierThan } from './target-history.ts';
import { asItWasFound } from './as-it-was-found.ts';
import type { CaseCounts } from './case-counts.ts';
import type { CaseNumber } from './case-number.ts';
import { makeCounterexample } from './counterexample.ts';
import type { Doubts } from './doubts.ts';
import { type Examined, examinedStrictly, Examiner, fingerprintOfExamined, isFinding } from './examiner.ts';
import type { Counterexample, Finding } from './finding.ts';
import { type Examine, FindingGroups, type MadeGroups } from './finding-groups.ts';
import { forget } from './finding-store.ts';
import { type Diverging, divergingOf, firstDivergence } from './first-divergence.ts';
import { EXPENSIVE } from './inquiry.ts';
import { type FailingCase, OtherFailures } from './other-failures.ts';
import type { ProfileProgress } from './profile-progress.ts';
import type { RunOptions } from './run-options.ts';
import { onceInWords, wasSeenOnce } from './seen-once.ts';

/** Groups of findings that are made in a profile; a target with more is broken enough to be mended first. */
const MOST_FINDINGS = 12;
/** Cases that fail, after which exploring on would only tell the same again. */
const MOST_FAILING = 500;
/** How long failures that were met while others were reduced may be reduced themselves, in milliseconds. */
const FOR_OTHERS = 30_000;
/** How long cases in which a SHOULD was not followed may be reduced, in milliseconds. */
const FOR_WARNINGS = 10_000;
/** How many such cases are looked at: a target that does without a SHOULD mostly does so everywhere. */
const MOST_SLIGHTED = 50;

/** Of the time of a run, where it has one, the most that one failure may take whose case is expensive to run. */
const LARGEST_SHARE = 0.1;

/** Less than this is not worth beginning with, in milliseconds, whatever a case costs. */
const LEAST_LEFT = 1000;

/** What is known of a failure that was tried again, and what may still be spent on it. */
interface Confirmed {
  readonly confirmed?: boolean | undefined;
  /** What a run of its case costs, in milliseconds. */
  readonly cost?: number | undefined;
  readonly share: number;
  /** Whether nothing is left for its reduction. */
  readonly isSetAside?: boolean;
}

/** What the failing cases of one profile come to: one finding for each group of them, confirmed, reduced and saved. */
export class ProfileFindings {
  readonly #options: RunOptions;
  readonly #counts: CaseCounts;
  readonly #doubts: Doubts;
  readonly #progress: ProfileProgress;
  readonly #found: FindingGroups;
  readonly #others = new OtherFailures();
  /** That share, in milliseconds. */
  readonly #share: number;
  readonly #warnings: FindingGroups;
  readonly #slighted = new OtherFailures();
  #slightedCases = 0;
  #failing = 0;

  /** @param made the groups of the run: those of earlier profiles, to which those of this one are added */
  constructor(
    options: RunOptions,
    { profile, made }: { readonly profile: ProfileName; readonly made: MadeGroups },
    counts: CaseCounts,
    doubts: Doubts,
    progress: ProfileProgress,
  ) {
    this.#options = options;
    this.#found = new FindingGroups(profile, made);
    this.#warnings = new FindingGroups(profile, made);
    this.#counts = counts;
    this.#doubts = doubts;
    this.#progress = progress;
    const { budget, totalTimeout = Infinity } = options;
    this.#share = LARGEST_SHARE * Math.min('runs' in budget ? Infinity : budget.milliseconds, totalTimeout);
  }

  get all(): readonly Finding[] {
    return this.#found.findings;
  }

  /** The same of the cases in which a SHOULD was not followed. */
  get warnings(): readonly Finding[] {
    return this.#warnings.findings;
  }

  get areEnough(): boolean {
    return this.#found.size >= MOST_FINDINGS || this.#failing >= MOST_FAILING;
  }

  /** Takes note of a case that conforms but for a SHOULD. Exploring is not held up by it: it is reduced at the end. */
  noteSlighted(number: CaseNumber, { trace }: Extract<Examined, { kind: 'judged' }>): void {
    if (this.#slightedCases++ >= MOST_SLIGHTED) return;
    const examined = examinedStrictly(this.#options.target, trace);
    if (examined !== undefined) {
      this.#slighted.add({ ...number, case: trace.case, examined, isByTheWay: false });
    }
  }

  /** Reduces the cases in which a SHOULD was not followed. */
  async takeWarnings(): Promise<void> {
    const until = performance.now() + FOR_WARNINGS;
    for (;;) {
      const failing = this.#slighted.next(this.#warnings);
      if (failing === undefined) return;
      await this.take(failing, this.#options.target, Math.max(0, until - performance.now()));
    }
  }

  /** Failures that were met while others were reduced, and that no case of the run has come to. */
  async takeOthers(): Promise<void> {
    const until = performance.now() + FOR_OTHERS;
    while (this.#options.signal?.aborted !== true && this.#found.size < MOST_FINDINGS) {
      const other = this.#others.next(this.#found);
      if (other === undefined) return;
      const milliseconds = Math.max(0, until - performance.now());
      await this.take(other, this.#options.target, milliseconds);
    }
  }

  /**
   * Takes in a case that fails. A crash or a hang is located where it happens again; one that does not may come and go.
   *
   * @param target the instance that it failed on, with nothing else to do
   */
  async take(failing: FailingCase, target: Target, milliseconds: number = Infinity): Promise<void> {
    const { case: testCase, examined } = failing;
    const earlier = earlierThan(target, testCase);
    if (examined.kind === 'judged') return this.#takeViolation(failing, target, earlier, milliseconds);
    const { failure } = examined;
    if (!isFinding(failure)) {
      this.#doubts.addProtocolError(failing, failure);
      return;
    }
    const known = this.#knownFailure(testCase, failure);
    if (known !== undefined) {
      this.#failing++;
      this.#found.count(known);
      return;
    }
    this.#progress.enter('confirming');
    const began = performance.now();
    const { signal } = this.#options;
    const atLeast = Math.max(this.#share, LEAST_LEFT);
    const effort = { ...EFFORT, milliseconds: Math.min(EFFORT.milliseconds, atLeast), signal };
    const { confirmed, step, cost } = await confirmFailure(target, testCase, failure, effort);
    this.#progress.enter('exploring');
    // A case that hangs is known now: each further one would take the whole time limit.
    if (confirmed && failure.kind === 'hang') for (const one of this.#options.others ?? []) one.hurry?.(true);
    const located: Examined = { kind: 'failed', failure: { ...failure, step } };
    const left = this.#share - (performance.now() - began);
    await this.#takeViolation({ ...failing, examined: located }, target, earlier, milliseconds, {
      // One that the end of the run broke off was not confirmed, and has not passed either.
      confirmed: signal?.aborted === true && !confirmed ? undefined : confirmed,
      cost: confirmed ? cost : undefined,
      share: left,
      isSetAside: confirmed && cost >= EXPENSIVE && left < Math.min(cost, LEAST_LEFT),
    });
  }

  /**
   * The finding that a crash or a hang is taken to be one more case of: it happens at the same command or, where it is
   * not known at which it happens, in a case that has this command. To find out for sure would cost as much each time as
   * it did the first time.
   */
  #knownFailure({ commands }: Case, { kind, step }: TargetFailure): Finding | undefined {
    const at = step === undefined ? undefined : commands[step]?.op;
    const ops = new Set<string>(at === undefined ? commands.map(({ op }) => op) : [at]);
    return this.all.find(({ counterexample: { failure, violation, certificate } }) => {
      if (failure?.kind !== kind) return false;
      // One that was set aside before its step was found may have been at any.
      return ops.has(violation.op) || (certificate === 'found' && failure.step === undefined);
    });
  }

  async #takeViolation(
    failing: FailingCase,
    target: Target,
    earlier: readonly Case[],
    milliseconds: number,
    { confirmed, cost, share, isSetAside }: Confirmed = {
      share: this.#share,
    },
  ): Promise<void> {
    const { index, directed, case: testCase, examined } = failing;
    const asFound = fingerprintOfExamined(examined);
    const isWarning = asFound !== undefined && isOfShould(asFound);
    const groups = isWarning ? this.#warnings : this.#found;
    if (!isWarning) this.#failing++;
    const isKnown = asFound !== undefined && examined.kind === 'judged' && groups.countKnown(asFound);
    if (isKnown) return;
    const examiner = new Examiner(target, testCase.profile, { strict: isWarning });
    const examine: Examine = (one) => examiner.examine(one);
    const first = await this.#firstDivergence(failing, target, examine);
    if (first !== undefined && (await this.#isOfKnownGroup(failing, first, groups, target, examine))) return;
    const { store } = this.#options;
    // A run that is killed while it reduces must not lose what it reduces.
    const afresh = await this.#failsAfresh(testCase, asFound, target, confirmed);
    const unreduced = afresh === false ? undefined : asItWasFound(testCase, examined);
    const unreducedFile = unreduced && (await store?.save(this.#findingOf(failing, unreduced)));
    if (isSetAside === true && unreduced !== undefined) {
      await this.#keep(this.#findingOf(failing, unreduced), first, examine, unreducedFile);
      return;
    }
    this.#progress.enter('reducing');
    const counterexample = await makeCounterexample(target, testCase, examined, {
      asks: Infinity,
      milliseconds,
      byCost: true,
      confirmed,
      cost,
      share,
      afresh,
      earlier,
      signal: this.#options.signal,
      onAsk: () => this.#progress.breathe(),
      onProtocolError: (failure) => {
        this.#doubts.addProtocolError(failing, failure);
      },
      onOtherFailure: (other, how) => {
        this.#others.add({ index, directed, case: other, examined: how, isByTheWay: true });
      },
    });
    this.#progress.enter('exploring');
    if (counterexample === undefined) return;
    const finding = this.#findingOf(failing, counterexample);
    if (wasSeenOnce(counterexample.flaky)) {
      const file = await store?.save(finding);
      await forget(store, unreducedFile, file);
      if (!isWarning) this.#doubts.addInconclusive(onceInWords(failing, counterexample, file));
      return;
    }
    await this.#keep(finding, first, examine, unreducedFile);
  }

  /**
   * Whether a case fails in the same way on a target that was just started: only then it may be saved. Undefined where the
   * target keeps nothing between cases, or cannot be started again.
   */
  async #failsAfresh(
    testCase: Case,
    fingerprint: string | undefined,
    target: Target,
    confirmed: boolean | undefined,
  ): Promise<boolean | undefined> {
    if (target.deterministic === true || target.restart === undefined) return undefined;
    if (confirmed !== undefined) return confirmed;
    this.#progress.enter('confirming');
    await target.restart();
    const strict = fingerprint !== undefined && isOfShould(fingerprint);
    const examined = await new Examiner(target, testCase.profile, { strict }).examine(testCase);
    return this.#options.signal?.aborted === true
      ? undefined
      : fingerprintOfExamined(examined) === fingerprint;
  }

  /** A case up to the first step at which it diverges from the specification; of a crash or a hang no more is asked for. */
  async #firstDivergence(
    { case: testCase, examined }: FailingCase,
    target: Target,
    examine: Examine,
  ): Promise<Diverging | undefined> {
    const failing = { case: testCase, examined };
    return examined.kind === 'failed' ? divergingOf(failing) : firstDivergence(failing, target, examine);
  }

  /** Counts a case in the group that it is like, of this profile or of an earlier one; whether there is one. */
  async #isOfKnownGroup(
    failing: FailingCase,
    first: Diverging,
    groups: FindingGroups,
    target: Target,
    examine: Examine,
  ): Promise<boolean> {
    const { index, directed, case: found, examined, isByTheWay } = failing;
    if (await groups.countAlike(first, failing, examine)) return true;
    const isCrash = examined.kind === 'failed';
    const here = { index, directed, after: this.#counts.commands, found, isByTheWay, isCrash };
    const recurring = await groups.takeRecurring(first.violation, here, async (testCase) => {
      // What is said of a profile must not depend on what the target ran before.
      if (target.deterministic !== true) await target.restart?.();
      return examine(testCase);
    });
    if (recurring === undefined) return false;
    this.#progress.findings = this.#found.size;
    this.#progress.somethingNew();
    return true;
  }

  async #keep(
    finding: Finding,
    first: Diverging | undefined,
    examine: Examine,
    unreducedFile: string | undefined,
  ): Promise<void> {
    const { store, onFinding } = this.#options;
    // Seen at a look in between, it had another name: under its own it may be known already.
    const groups = isOfShould(finding.fingerprint) ? this.#warnings : this.#found;
    const save = async (one: Finding): Promise<string | undefined> => store?.save(one);
    const { kept, isNew } = await groups.add(finding, first?.violation, examine, save);
    this.#progress.findings = this.#found.size;
    this.#progress.somethingNew();
    await forget(store, unreducedFile, kept.file);
    if (isNew) onFinding?.(kept);
  }

  #findingOf(
    { index, directed, case: found, isByTheWay }: FailingCase,
    counterexample: Counterexample,
  ): Finding {
    return {
      fingerprint: fingerprintOf(counterexample.violation),
      index,
      directed,
      after: this.#counts.commands,
      found,
      counterexample,
      times: 1,
      otherWays: [],
      file: undefined,
      isByTheWay,
    };
  }
}
