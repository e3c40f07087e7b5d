import type { Tally } from '../../spec/judge/tally.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { CatalogueEntry } from '../../spec/requirements/catalogue.ts';
import type { Evidence } from '../../spec/requirements/requirement.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Hello, TargetFailure } from '../targets/target.ts';
import { remainingOf, type SpecificationCoverage } from '../search/transition-coverage.ts';
import type { StrategyName } from '../search/case-plan.ts';
import type { Completeness } from '../search/complete-suite.ts';
import type { CaseNumber, Counterexample, Finding } from '../shrink/finding.ts';

/**
 * The status of one requirement in a run.
 *
 * - `passed`: it was covered and never violated
 * - `violated`: a case violated it
 * - `not-followed`: a SHOULD that was not followed (a warning; a failure under --strict)
 * - `not-covered`: it could have been judged, but no case covered it; it has not passed
 * - `not-observable`: the target does not declare the necessary state, or declares it and does not show it
 * - `capability-missing`: the target does not declare the necessary commands
 */
export type RequirementStatus =
  'passed' | 'violated' | 'not-followed' | 'not-covered' | 'not-observable' | 'capability-missing';

export interface RequirementOutcome {
  readonly requirement: CatalogueEntry;
  readonly status: RequirementStatus;
  /** Number of times that its precondition was met. */
  readonly covered: number;
  /** For a SHOULD: number of times that it was not followed. */
  readonly notFollowed: number;
  /** The capabilities that the target would have to declare. */
  readonly missing: readonly Capability[];
  /** Declared parts of the state that were never shown, if that is the reason. */
  readonly withheld: readonly Evidence[];
}

/** Judge and properties disagree about a trace, which is a bug of the suite. */
export interface PropertyDisagreement extends CaseNumber {
  readonly property: string;
  readonly step: number;
  readonly message: string;
}

/** The result of one profile. */
export interface ProfileOutcome {
  readonly profile: ProfileName;
  /** The share of the directed suite; undefined in a run without it. */
  readonly directed?: DirectedOutcome | undefined;
  /** All cases, random and directed. */
  readonly cases: number;
  readonly commands: number;
  /** Number of commands sent; the others were not admitted or not declared. */
  readonly sent: number;
  /** Number of pages that migrations moved, and number of pages that they were asked to move. */
  readonly moved: number;
  readonly asked: number;
  readonly requirements: readonly RequirementOutcome[];
  readonly tally: Tally;
  /** The coverage of the measured slice of the specification; undefined without one. */
  readonly specification?: SpecificationCoverage | undefined;
  /** How far the strategy `complete` has come; undefined with other strategies. */
  readonly completeness?: Completeness | undefined;
  readonly properties: readonly PropertyOutcome[];
  /** The coverage of the target's own code; undefined for a target that does not report it. */
  readonly targetCoverage?: TargetCoverage | undefined;
  readonly findings: readonly Finding[];
  /** SHOULDs that were not followed, each with its shortest case. They are violations only in a strict run. */
  readonly warnings: readonly Finding[];
  readonly disagreements: readonly PropertyDisagreement[];
  /** Cases that could not be judged, with the first reason. */
  readonly inconclusive: number;
  readonly inconclusiveReason: string | undefined;
  /** Number of cases set aside because they exceed the limits of the judge, with the first reason. */
  readonly setAside: number;
  readonly setAsideReason: string | undefined;
  /** The first protocol errors. */
  readonly protocolErrors: readonly (CaseNumber & { readonly failure: TargetFailure })[];
  /** Milliseconds. */
  readonly elapsed: number;
}

/**
 * Whether no page moved to the device although nothing prevented it. Then no page was ever on the device, and its
 * requirements could not be judged.
 */
export const neverMigrated = ({ moved, requirements }: ProfileOutcome): boolean =>
  moved === 0 &&
  requirements.some(
    ({ requirement, notFollowed }) => requirement.id === 'migrate.progress' && notFollowed > 0,
  );

/**
 * Whether the run of a profile was of a slice of the specification alone, and executed each command of it in each state
 * that the target can reach. No longer run covers more requirements then.
 */
export const isWholeSlice = ({ directed, specification }: ProfileOutcome): boolean =>
  directed === undefined && specification !== undefined && remainingOf(specification) === 0;

/** Whether the strategy `complete` ended without a claim. */
export const hasNoClaim = ({ completeness }: ProfileOutcome): boolean =>
  completeness !== undefined && completeness.completeFor === undefined;

/**
 * Whether a profile is inconclusive: cases could not be judged, judge and properties disagree, every case was set
 * aside, no page was ever on the device, or a complete suite ended without a claim.
 */
export const hasProblems = (profile: ProfileOutcome): boolean => {
  const { cases, inconclusive, disagreements, setAside } = profile;
  if (inconclusive > 0 || disagreements.length > 0 || neverMigrated(profile)) return true;
  if (hasNoClaim(profile)) return true;
  return setAside > 0 && setAside === cases;
};

/** The coverage of a target's own code by all cases of one profile. */
export interface TargetCoverage {
  /** The points that were reached, in ascending order. */
  readonly points: readonly number[];
  /** Number of points that the directed suite reached; undefined in a run without it. */
  readonly directed: number | undefined;
}

/** The result of the directed suite in one profile. */
export interface DirectedOutcome {
  /** Number of cases of the suite for this target. */
  readonly of: number;
  /** Number of cases run; smaller if the run ended early. */
  readonly cases: number;
  readonly commands: number;
  /** Number of covered requirements, and of those that this target can cover. */
  readonly covered: number;
  readonly coverable: number;
}

interface PropertyOutcome {
  readonly id: string;
  readonly title: string;
  readonly covered: number;
}

export type RunVerdict = 'conforms' | 'violates' | 'inconclusive' | 'protocol-error' | 'nothing-applicable';

/** The result of a whole run. */
export interface RunOutcome {
  readonly target: Hello;
  /** The target, as given on the command line. */
  readonly targetSpec: string;
  readonly seed: number;
  /** The origin of the cases after the directed suite; random by default. */
  readonly strategy?: StrategyName | undefined;
  readonly verdict: RunVerdict;
  readonly profiles: readonly ProfileOutcome[];
  /** Milliseconds. */
  readonly elapsed: number;
  readonly interrupted: boolean;
  /** Applicable, observable MUSTs that were never covered. */
  readonly uncovered: readonly string[];
  /** The results of replaying the counterexamples of earlier runs; undefined if none were replayed. */
  readonly corpus?: CorpusOutcome | undefined;
}

/**
 * The result of replaying one saved counterexample.
 *
 * - `still-fails`: it violates the same requirement at the same command
 * - `fails-otherwise`: it violates another requirement
 * - `fixed`: it conforms now
 * - `conforms`: it conforms and was found on another target, so this target never had the bug
 * - `not-applicable`: the target does not follow its profile, or declares less than the target on which it was found
 * - `inconclusive`: it could not be judged
 * - `unreadable`: the file is damaged, incomplete, or of another version
 * - `not-reached`: the run was stopped, or half of its time was used, before its turn
 */
export const CORPUS_STATUSES = [
  'still-fails',
  'fails-otherwise',
  'fixed',
  'conforms',
  'not-applicable',
  'inconclusive',
  'unreadable',
  'not-reached',
] as const;
export type CorpusStatus = (typeof CORPUS_STATUSES)[number];

/** One file of the corpus. */
export interface CorpusItem {
  readonly file: string;
  readonly status: CorpusStatus;
  /** The recorded failure; undefined if the file cannot be read. */
  readonly recorded: RecordedFailure | undefined;
  /** The present failure. */
  readonly counterexample: Counterexample | undefined;
  /** The reason why it is not applicable, inconclusive or unreadable. */
  readonly reason: string | undefined;
}

/** The failure recorded in a file. Its texts come from the file and may contain anything. */
interface RecordedFailure {
  readonly requirement: string;
  readonly op: string;
  readonly steps: number;
  readonly profile: ProfileName;
}

/** The results of replaying the counterexamples of earlier runs. */
export interface CorpusOutcome {
  readonly folder: string;
  readonly items: readonly CorpusItem[];
  /** Number of files not replayed because they belong to other targets, or to profiles that this run does not check. */
  readonly ofOtherTargets: number;
  readonly ofOtherProfiles: number;
  /** The reason why the folder could not be read, if it could not. */
  readonly trouble: string | undefined;
}
