import { fingerprintOf, isOfShould } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { confirmFailure, EFFORT } from '../targets/confirm.ts';
import type { Target, TargetFailure } from '../targets/target.ts';
import { earlierThan } from '../targets/earlier-cases.ts';
import {
  type CaseNumber,
  type Counterexample,
  type Finding,
  unshrunkCounterexample,
  withKnownCertificate,
} from '../shrink/finding.ts';
import type { CaseCounts, Problems } from './profile-counts.ts';
import { makeCounterexample } from '../shrink/make-counterexample.ts';
import {
  type Examined,
  examinedStrictly,
  Examiner,
  fingerprintOfExamined,
  isFinding,
} from '../examine/examiner.ts';
import { type Examine, FindingGroups, type FoundHere, type MadeGroups } from './finding-groups.ts';
import { forget, type RunOptions, type ShrinkJob, type ShrinkResult } from './run-options.ts';
import {
  divergenceBefore,
  type Diverging,
  divergingOf,
  type Failing,
  firstDivergence,
} from '../shrink/first-divergence.ts';
import { EXPENSIVE } from '../shrink/shrink-session.ts';
import type { ProfileProgress } from './profile-progress.ts';
import { onceInWords, failedOnce } from './flaky.ts';

/** Maximum number of findings in a profile; a target with more should be fixed first. */
const MAX_FINDINGS = 12;
/** Maximum number of failing cases in a profile; more would repeat the same findings. */
const MAX_FAILING = 500;
/** Time limit for shrinking failures that occurred during shrinking of others, in milliseconds. */
const FOR_OTHERS = 30_000;
/** Time limit for shrinking cases in which a SHOULD was not followed, in milliseconds. */
const FOR_WARNINGS = 10_000;
/** Maximum number of such cases; a target that ignores a SHOULD usually does so everywhere. */
const MAX_NOT_FOLLOWED = 50;

/** Maximum share of the time of a run for one failure whose case is expensive. */
const LARGEST_SHARE = 0.1;

/** Minimum time for shrinking, in milliseconds. */
const MIN_LEFT = 1000;

/** The result of confirming a failure, and the remaining time. */
interface Confirmed {
  readonly confirmed?: boolean | undefined;
  /** Cost of one run of its case, in milliseconds. */
  readonly cost?: number | undefined;
  readonly share: number;
  /** Whether no time is left for shrinking. */
  readonly isSetAside?: boolean;
}

/**
 * Turns the failing cases of one profile into findings: groups them by bug, and confirms, shrinks and saves one case
 * for each group.
 */
export class ProfileFindings {
  readonly #options: RunOptions;
  readonly #counts: CaseCounts;
  readonly #problems: Problems;
  readonly #progress: ProfileProgress;
  readonly #found: FindingGroups;
  readonly #others = new OtherFailures();
  /** The largest share of the run for one failure, in milliseconds. */
  readonly #share: number;
  readonly #warnings: FindingGroups;
  readonly #notFollowed = new OtherFailures();
  #notFollowedCases = 0;
  #failing = 0;

  /** @param made the groups of the run: those of earlier profiles, to which those of this one are added */
  constructor(
    options: RunOptions,
    { profile, made }: { readonly profile: ProfileName; readonly made: MadeGroups },
    counts: CaseCounts,
    problems: Problems,
    progress: ProfileProgress,
  ) {
    this.#options = options;
    this.#found = new FindingGroups(profile, made);
    this.#warnings = new FindingGroups(profile, made);
    this.#counts = counts;
    this.#problems = problems;
    this.#progress = progress;
    const { budget, totalTimeout = Infinity } = options;
    this.#share =
      LARGEST_SHARE * Math.min('milliseconds' in budget ? budget.milliseconds : Infinity, totalTimeout);
  }

  get all(): readonly Finding[] {
    return this.#found.findings;
  }

  /** Findings for SHOULDs that were not followed. */
  get warnings(): readonly Finding[] {
    return this.#warnings.findings;
  }

  /** Whether the profile ends. A shard goes on after its last finding, because the whole run may have fewer. */
  get areEnough(): boolean {
    return (this.#isFull && this.#options.shard === undefined) || this.#failing >= MAX_FAILING;
  }

  get #isFull(): boolean {
    return this.#found.size >= (this.#options.bail === true ? 1 : MAX_FINDINGS);
  }

  /** Records a case that conforms except for a SHOULD. It is shrunk at the end of the profile. */
  noteNotFollowed(number: CaseNumber, { trace }: Extract<Examined, { kind: 'judged' }>): void {
    if (this.#notFollowedCases++ >= MAX_NOT_FOLLOWED) return;
    const examined = examinedStrictly(this.#options.target, trace);
    if (examined !== undefined) {
      this.#notFollowed.add({ ...number, case: trace.case, examined, isIncidental: false });
    }
  }

  /** Shrinks the cases in which a SHOULD was not followed. */
  async takeWarnings(): Promise<void> {
    const until = performance.now() + FOR_WARNINGS;
    for (;;) {
      const failing = this.#notFollowed.next(this.#warnings);
      if (failing === undefined) return;
      await this.take(failing, this.#options.target, Math.max(0, until - performance.now()));
    }
  }

  /** Processes failures that occurred only during shrinking of others. */
  async takeOthers(): Promise<void> {
    const until = performance.now() + FOR_OTHERS;
    while (this.#options.signal?.aborted !== true && !this.#isFull) {
      const other = this.#others.next(this.#found);
      if (other === undefined) return;
      const milliseconds = Math.max(0, until - performance.now());
      await this.take(other, this.#options.target, milliseconds);
    }
  }

  /**
   * Processes a failing case. A crash or a hang is confirmed and located; one that does not occur again may be flaky.
   *
   * @param target the instance on which it failed; it must be idle
   */
  async take(failing: FailingCase, target: Target, milliseconds: number = Infinity): Promise<void> {
    const { case: testCase, examined } = failing;
    if (this.#isFull && this.#options.shard !== undefined) {
      this.#failing++;
      return;
    }
    const earlier = earlierThan(target, testCase);
    if (examined.kind === 'judged') return this.#takeViolation(failing, target, earlier, milliseconds);
    const { failure } = examined;
    if (!isFinding(failure)) {
      this.#problems.addProtocolError(failing, failure);
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
    const atLeast = Math.max(this.#share, MIN_LEFT);
    const effort = { ...EFFORT, milliseconds: Math.min(EFFORT.milliseconds, atLeast), signal };
    const { confirmed, step, cost } = await confirmFailure(target, testCase, failure, effort);
    this.#progress.enter('exploring');
    // The hanging command is known now; each further hang would take the whole time limit.
    if (confirmed && failure.kind === 'hang') for (const one of this.#options.others ?? []) one.hurry?.(true);
    const located: Examined = { kind: 'failed', failure: { ...failure, step } };
    const left = this.#share - (performance.now() - began);
    await this.#takeViolation({ ...failing, examined: located }, target, earlier, milliseconds, {
      // A case that the end of the run interrupted was not confirmed, and has not passed either.
      confirmed: signal?.aborted === true && !confirmed ? undefined : confirmed,
      cost: confirmed ? cost : undefined,
      share: left,
      isSetAside: confirmed && cost >= EXPENSIVE && left < Math.min(cost, MIN_LEFT),
    });
  }

  /**
   * The finding to which a crash or a hang is attributed: it has the same command or, if the failing step is unknown,
   * its command occurs in the case. Certainty would cost as much as the first confirmation.
   */
  #knownFailure({ commands }: Case, { kind, step }: TargetFailure): Finding | undefined {
    const at = step === undefined ? undefined : commands[step]?.op;
    const ops = new Set<string>(at === undefined ? commands.map(({ op }) => op) : [at]);
    return this.all.find(({ counterexample: { failure, violation, certificate } }) => {
      if (failure?.kind !== kind) return false;
      // A failure that was set aside before its step was located may have occurred at any step.
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
    const found = unshrunkCounterexample(testCase, examined);
    const asFound = fingerprintOfExamined(examined);
    const isWarning = asFound !== undefined && isOfShould(asFound);
    const groups = isWarning ? this.#warnings : this.#found;
    if (!isWarning) this.#failing++;
    // Crashes and hangs were compared with known ones before they were confirmed.
    const isJudged = found !== undefined && found.failure === undefined;
    if (isJudged && groups.countKnown(found.violation, this.#here(failing))) return;
    const examiner = new Examiner(target, testCase.profile, { strict: isWarning });
    const examine: Examine = (one) => examiner.examine(one);
    const first = await this.#firstDivergence(failing, target, examine);
    if (found !== undefined && first !== undefined) {
      await this.#recall(found, groups, target, examine);
      if (await this.#isOfKnownGroup(failing, first, groups, examine)) return;
    }
    const { store } = this.#options;
    // A run that is killed while it shrinks must not lose the case that it shrinks.
    const afresh = await this.#failsAfresh(testCase, asFound, target, confirmed);
    const unshrunk = afresh === false ? undefined : found;
    const unshrunkFile = unshrunk && (await store?.save(this.#findingOf(failing, unshrunk)));
    if (isSetAside === true && unshrunk !== undefined) {
      await this.#keep(this.#findingOf(failing, unshrunk), first, examine, unshrunkFile);
      return;
    }
    this.#progress.enter('reducing');
    const job = { target, case: testCase, examined, milliseconds, confirmed, cost, share, afresh, earlier };
    const { counterexample, others, protocolErrors } = await this.#shrink(job);
    for (const failure of protocolErrors) this.#problems.addProtocolError(failing, failure);
    for (const other of others) this.#others.add({ index, directed, ...other, isIncidental: true });
    this.#progress.enter('exploring');
    if (counterexample === undefined) return;
    const finding = this.#findingOf(failing, this.#asSaved(counterexample));
    if (failedOnce(counterexample.flaky)) {
      const file = await store?.save(finding);
      await forget(store, unshrunkFile, file);
      if (!isWarning) this.#problems.addInconclusive(onceInWords(failing, counterexample, file));
      return;
    }
    await this.#keep(finding, first, examine, unshrunkFile);
  }

  #shrink(job: ShrinkJob): Promise<ShrinkResult> {
    const {
      journal,
      signal,
      shrink = (one) => shrinkLocally(one, signal, () => this.#progress.try()),
    } = this.#options;
    return journal === undefined ? shrink(job) : journal.shrink(job, shrink);
  }

  /**
   * Whether a case fails with the same fingerprint on a fresh target, which is the condition for saving it. Undefined
   * if the target keeps no state between cases or cannot be restarted.
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

  /**
   * A case up to its first divergence, which may precede a crash or a hang; these are not run again. Undefined if the case does not fail a second
   * time: a failure seen once is not attributed to a known bug.
   */
  async #firstDivergence(
    { case: testCase, examined }: FailingCase,
    target: Target,
    examine: Examine,
  ): Promise<Diverging | undefined> {
    const failing = { case: testCase, examined };
    if (examined.kind === 'failed') {
      const failed = { case: testCase, step: examined.failure.step };
      return (await divergenceBefore(failed, target, examine)) ?? divergingOf(failing);
    }
    if (target.deterministic !== true) {
      const again = await examine(testCase);
      if (fingerprintOfExamined(again) !== fingerprintOfExamined(examined)) return undefined;
    }
    return firstDivergence(failing, target, examine);
  }

  /**
   * Determines which findings of earlier profiles also occur in this profile, before a case that may be one of them is
   * shrunk.
   */
  #recall(like: Counterexample, groups: FindingGroups, target: Target, examine: Examine): Promise<void> {
    return groups.recall(like, async (testCase) => {
      // The result in a profile must not depend on earlier cases.
      if (target.deterministic !== true) await target.restart?.();
      return examine(testCase);
    });
  }

  /** Counts a case in the group that it resembles; returns whether there is one. */
  async #isOfKnownGroup(
    failing: FailingCase,
    first: Diverging,
    groups: FindingGroups,
    examine: Examine,
  ): Promise<boolean> {
    const { size } = groups;
    if (!(await groups.countAlike(first, this.#here(failing), examine))) return false;
    this.#progress.findings = this.#found.size;
    if (groups.size > size) this.#progress.somethingNew();
    return true;
  }

  async #keep(
    finding: Finding,
    first: Diverging | undefined,
    examine: Examine,
    unshrunkFile: string | undefined,
  ): Promise<void> {
    const { store, onFinding } = this.#options;
    // An intermediate snapshot may have shown the failure under another fingerprint; under its own it may be known
    // already.
    const groups = isOfShould(finding.fingerprint) ? this.#warnings : this.#found;
    const save = async (one: Finding): Promise<string | undefined> => store?.save(one);
    const { kept, isNew } = await groups.add(finding, first?.violation, examine, save);
    this.#progress.findings = this.#found.size;
    this.#progress.somethingNew();
    await forget(store, unshrunkFile, kept.file);
    if (isNew) onFinding?.(kept);
  }

  /** The counterexample with the certificate of a saved one that still fails in the same way. */
  #asSaved(counterexample: Counterexample): Counterexample {
    const fingerprint = fingerprintOf(counterexample.violation);
    const saved = (this.#options.corpus?.items ?? []).flatMap(({ counterexample: one }) =>
      one !== undefined && fingerprintOf(one.violation) === fingerprint ? [one] : [],
    );
    return saved.reduce(withKnownCertificate, counterexample);
  }

  #findingOf(failing: FailingCase, counterexample: Counterexample): Finding {
    return {
      ...this.#here(failing),
      fingerprint: fingerprintOf(counterexample.violation),
      counterexample,
      times: 1,
      otherSymptoms: [],
      file: undefined,
    };
  }

  #here({ index, directed, case: found, isIncidental }: FailingCase): FoundHere {
    return { index, directed, after: this.#counts.commands, found, isIncidental };
  }
}

/**
 * A failing case of the run, or a failing candidate of a shrink session; the latter has the number of the case that was
 * shrunk.
 */
interface FailingCase extends CaseNumber, Failing {
  readonly isIncidental: boolean;
}

/** Shrinks a failing case on the instance of the target on which it failed. */
export async function shrinkLocally(
  { target, case: testCase, examined, ...budget }: ShrinkJob,
  signal: AbortSignal | undefined,
  onAsk: () => Promise<void>,
): Promise<ShrinkResult> {
  const others = new OtherFailures<Failing>(Infinity);
  const protocolErrors: TargetFailure[] = [];
  const counterexample = await makeCounterexample(target, testCase, examined, {
    ...budget,
    asks: Infinity,
    byCost: true,
    signal,
    onAsk,
    onProtocolError: (failure) => protocolErrors.push(failure),
    onOtherFailure: (other, how) => {
      others.add({ case: other, examined: how });
    },
  });
  return { counterexample, others: [...others], protocolErrors };
}

/** Maximum number kept; most of them are caused by the same bug. */
const MAX = 6;

/** Failures with other fingerprints that occur during shrinking, one per fingerprint, to be processed later. */
export class OtherFailures<F extends Failing = FailingCase> {
  readonly #met = new Map<string, F>();
  readonly #max: number;

  constructor(max = MAX) {
    this.#max = max;
  }

  [Symbol.iterator](): IterableIterator<F> {
    return this.#met.values();
  }

  /** Keeps the shorter of two cases with the same fingerprint. */
  add(failure: F): void {
    const fingerprint = fingerprintOfExamined(failure.examined);
    if (fingerprint === undefined) return;
    const known = this.#met.get(fingerprint);
    if (known === undefined ? this.#met.size < this.#max : isShorter(failure.case, known.case)) {
      this.#met.set(fingerprint, failure);
    }
  }

  /** Removes and returns the next failure that is not known yet. */
  next(known: { has(fingerprint: string): boolean }): F | undefined {
    for (const [fingerprint, failure] of this.#met) {
      this.#met.delete(fingerprint);
      if (!known.has(fingerprint)) return failure;
    }
    return undefined;
  }
}

const isShorter = (one: Case, other: Case): boolean => one.commands.length < other.commands.length;
