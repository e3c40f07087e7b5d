import type { Tally } from '../../spec/judge/tally.ts';
import type { Verdict } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE, isShould, type RequirementId } from '../../spec/requirements/catalogue.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import { type Capability, isMeantIn } from '../../spec/vocabulary/capability.ts';
import type {
  CorpusItem,
  CorpusOutcome,
  ProfileOutcome,
  PropertyDisagreement,
  RequirementOutcome,
  RequirementStatus,
} from './outcome.ts';
import type { TargetFailure } from '../targets/target.ts';
import type { CaseNumber } from '../shrink/finding.ts';
import type { PropertyBreach } from '../examine/examiner.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { isBoth, isVector, type PageOutcome } from '../../spec/vocabulary/result.ts';

/** Capabilities that show state; the others are commands and behaviour. */
const SHOWS: ReadonlySet<Capability> = new Set<Capability>([
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'least-count',
  'accounting',
  'every-step',
]);

/** The status of every requirement of a profile. */
export const requirementOutcomes = (
  profile: ProfileName,
  capabilities: ReadonlySet<Capability>,
  tally: Tally,
  violated: ReadonlySet<RequirementId>,
): readonly RequirementOutcome[] =>
  CATALOGUE.filter(
    (requirement) =>
      appliesTo(requirement, profile) &&
      !requirement.unless?.some((mode) => capabilities.has(mode) && isMeantIn(profile, mode)),
  ).map((requirement) => {
    const missing = missingFor(requirement, capabilities);
    const covered = tally.covered(requirement.id);
    const notFollowed = tally.notFollowed(requirement.id);
    const withheld = missing.length > 0 ? [] : tally.withheld(requirement.id);
    const status = ((): RequirementStatus => {
      if (violated.has(requirement.id)) return 'violated';
      if (missing.some((capability) => !SHOWS.has(capability))) return 'capability-missing';
      if (missing.length > 0 || withheld.length > 0) return 'not-observable';
      if (notFollowed > 0) return 'not-followed';
      return covered > 0 ? 'passed' : 'not-covered';
    })();
    return { requirement, status, covered, notFollowed, missing, withheld };
  });

const MAX_PROTOCOL_ERRORS = 5;
const MAX_DISAGREEMENTS = 5;

/** Cases without a verdict, and the first reasons. */
export interface UnjudgedCases {
  readonly inconclusive: number;
  readonly inconclusiveReason?: string | undefined;
  readonly setAside: number;
  readonly setAsideReason?: string | undefined;
}

/** Problems that make the result of a profile inconclusive although no requirement is known to be violated. */
export class Problems {
  readonly disagreements: PropertyDisagreement[] = [];
  readonly protocolErrors: (CaseNumber & { readonly failure: TargetFailure })[] = [];
  /** Cases that could not be judged, with the first reason. */
  inconclusive = 0;
  inconclusiveReason: string | undefined;

  /** Cases set aside because they exceed the limits of the judge, with the first reason. */
  setAside = 0;
  setAsideReason: string | undefined;

  /** Counts a case without a verdict. */
  addUnjudged(verdict: Verdict): void {
    if (verdict.kind !== 'inconclusive') return;
    if (verdict.isAtCap !== true) return this.addInconclusive(verdict.reason);
    this.setAside++;
    this.setAsideReason ??= verdict.reason;
  }

  get unjudged(): UnjudgedCases {
    const { inconclusive, inconclusiveReason, setAside, setAsideReason } = this;
    return { inconclusive, inconclusiveReason, setAside, setAsideReason };
  }

  /** Adds cases without a verdict that were counted elsewhere. */
  add({ inconclusive, inconclusiveReason, setAside, setAsideReason }: UnjudgedCases): void {
    this.inconclusive += inconclusive;
    this.inconclusiveReason ??= inconclusiveReason;
    this.setAside += setAside;
    this.setAsideReason ??= setAsideReason;
  }

  addInconclusive(reason: string): void {
    this.inconclusive++;
    this.inconclusiveReason ??= reason;
  }

  addProtocolError({ index, directed }: CaseNumber, failure: TargetFailure): void {
    if (!this.areTooMany) this.protocolErrors.push({ index, directed, failure });
  }

  addDisagreements({ index, directed }: CaseNumber, broken: readonly PropertyBreach[]): void {
    for (const breach of broken) {
      if (this.disagreements.length < MAX_DISAGREEMENTS)
        this.disagreements.push({ index, directed, ...breach });
    }
  }

  /** Whether there are so many protocol errors that continuing is useless. */
  get areTooMany(): boolean {
    return this.protocolErrors.length >= MAX_PROTOCOL_ERRORS;
  }
}

/** Totals over the cases of a profile. */
export interface CaseTotals {
  readonly cases: number;
  readonly commands: number;
  /** Number of commands sent; the others were not admitted or not declared. */
  readonly sent: number;
  /** Number of pages that migrations moved, and number of pages that they were asked to move. */
  readonly moved: number;
  readonly asked: number;
}

/** Counts the cases of a profile. */
export class CaseCounts implements CaseTotals {
  cases = 0;
  commands = 0;
  sent = 0;
  moved = 0;
  asked = 0;

  get totals(): CaseTotals {
    const { cases, commands, sent, moved, asked } = this;
    return { cases, commands, sent, moved, asked };
  }

  add({ cases, commands, sent, moved, asked }: CaseTotals): void {
    this.cases += cases;
    this.commands += commands;
    this.sent += sent;
    this.moved += moved;
    this.asked += asked;
  }

  #addPages(outcomes: readonly PageOutcome[]): void {
    this.asked += outcomes.length;
    for (const outcome of outcomes) if (outcome === 'moved') this.moved++;
  }

  addCase({ commands }: Case): void {
    this.cases++;
    this.commands += commands.length;
  }

  addTrace({ observations }: Trace): void {
    for (const observation of observations) {
      if (observation === undefined) continue;
      this.sent++;
      const { result } = observation;
      if (isVector(result)) this.#addPages(result);
      else if (isBoth(result)) {
        for (const side of [result.left, result.right]) if (isVector(side)) this.#addPages(side);
      }
    }
  }
}

/** The requirements of one profile that saved counterexamples still violate. */
export const brokenInCorpus = (
  corpus: CorpusOutcome | undefined,
  profile: ProfileName,
): readonly RequirementId[] =>
  (corpus?.items ?? []).flatMap(({ counterexample }) =>
    counterexample?.case.profile === profile && !isShould(counterexample.violation.requirement)
      ? [counterexample.violation.requirement]
      : [],
  );

/** Whether a saved counterexample still violates a MUST; a SHOULD counts only in a strict run. */
export const isStillBroken = ({ counterexample }: CorpusItem): boolean =>
  counterexample !== undefined && !isShould(counterexample.violation.requirement);

/** Whether a run that ends at its first violation has met one, in its profiles or in the saved counterexamples. */
export const hasBailed = (
  { bail, corpus }: { readonly bail?: boolean; readonly corpus?: CorpusOutcome },
  profiles: readonly Pick<ProfileOutcome, 'findings'>[] = [],
): boolean =>
  bail === true &&
  (corpus?.items.some(isStillBroken) === true || profiles.some(({ findings }) => findings.length > 0));
