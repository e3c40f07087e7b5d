import type { Tally } from '../../spec/judge/tally.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { CatalogueEntry } from '../../spec/requirements/catalogue.ts';
import type { Evidence } from '../../spec/requirements/requirement.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Hello, TargetFailure } from '../targets/target.ts';
import type { CaseNumber } from './case-number.ts';
import type { CorpusOutcome } from './corpus-outcome.ts';
import type { Finding } from './finding.ts';

/**
 * What a run says of one requirement.
 *
 * - `passed`: its antecedent was exercised, and it held
 * - `violated`: a case broke it
 * - `slighted`: a SHOULD that was not followed (a warning; a failure under --strict)
 * - `not-exercised`: it could have been seen, but no case came to it: it has not passed
 * - `not-observable`: the target does not declare to show what it takes to judge it, or declares it and withholds it
 * - `capability-missing`: the target does not offer the commands it takes
 */
export type RequirementStatus =
  'passed' | 'violated' | 'slighted' | 'not-exercised' | 'not-observable' | 'capability-missing';

export interface RequirementOutcome {
  readonly requirement: CatalogueEntry;
  readonly status: RequirementStatus;
  /** How often its antecedent was met. */
  readonly exercised: number;
  /** For a SHOULD: how often it was not followed. */
  readonly slighted: number;
  /** What the target would have to declare. */
  readonly missing: readonly Capability[];
  /** What the target declares to show and never showed, where that is why nothing can be said. */
  readonly withheld: readonly Evidence[];
}

/** The judge finds nothing, a property does, or the other way round where it should not be: the suite has a bug. */
export interface Disagreement extends CaseNumber {
  readonly property: string;
  readonly step: number;
  readonly message: string;
}

/** What the run of one profile came to. */
export interface ProfileOutcome {
  readonly profile: ProfileName;
  /** What the directed suite took part in this; undefined where the run was made without it. */
  readonly directed?: DirectedOutcome | undefined;
  /** All cases, random and directed. */
  readonly cases: number;
  readonly commands: number;
  /** Commands that were sent; the others were refused by the harness or not offered. */
  readonly sent: number;
  /** Pages of migrations that moved, and all that were asked to. */
  readonly moved: number;
  readonly asked: number;
  readonly requirements: readonly RequirementOutcome[];
  readonly tally: Tally;
  readonly properties: readonly PropertyOutcome[];
  readonly findings: readonly Finding[];
  /** A SHOULD that was not followed, each way with the shortest case: no violation, unless the run is strict. */
  readonly warnings: readonly Finding[];
  readonly disagreements: readonly Disagreement[];
  /** Cases that could not be judged, with the first reason. */
  readonly inconclusive: number;
  readonly inconclusiveReason: string | undefined;
  /** Cases that were set aside undecided, because more was possible than the judge follows, with the first reason. */
  readonly setAside: number;
  readonly setAsideReason: string | undefined;
  /** Malformed answers and the like, the first few. */
  readonly protocolErrors: readonly (CaseNumber & { readonly failure: TargetFailure })[];
  /** Milliseconds. */
  readonly elapsed: number;
}

/**
 * Whether no page moved to the device though nothing held it back: then no page was ever on the device, and nothing that
 * is said of such pages could be judged.
 */
export const neverMigrated = ({ moved, requirements }: ProfileOutcome): boolean =>
  moved === 0 &&
  requirements.some(({ requirement, slighted }) => requirement.id === 'migrate.progress' && slighted > 0);

/**
 * Whether nothing can be said of a profile for sure: cases could not be judged, or judge and properties disagree, so that
 * the suite is wrong and neither of them is to be believed; or every case was set aside; or no page was ever on the device.
 */
export const isDoubtful = (profile: ProfileOutcome): boolean => {
  const { cases, inconclusive, disagreements, setAside } = profile;
  if (inconclusive > 0 || disagreements.length > 0 || neverMigrated(profile)) return true;
  return setAside > 0 && setAside === cases;
};

/** What the directed suite came to in one profile. */
export interface DirectedOutcome {
  /** How many cases the suite has for the target. */
  readonly of: number;
  /** How many of them were run: fewer where the run ended early. */
  readonly cases: number;
  readonly commands: number;
  /** How many requirements it exercised, of all that this target can exercise. */
  readonly exercised: number;
  readonly exercisable: number;
}

interface PropertyOutcome {
  readonly id: string;
  readonly title: string;
  readonly exercised: number;
}

export type RunVerdict = 'conforms' | 'violates' | 'inconclusive' | 'protocol-error' | 'nothing-applicable';

/** What a whole run came to. */
export interface RunOutcome {
  readonly target: Hello;
  /** As it was given on the command line. */
  readonly targetSpec: string;
  readonly seed: number;
  readonly verdict: RunVerdict;
  readonly profiles: readonly ProfileOutcome[];
  /** Milliseconds. */
  readonly elapsed: number;
  readonly interrupted: boolean;
  /** Applicable, observable MUSTs that were never exercised. */
  readonly unexercised: readonly string[];
  /** What came of the counterexamples of earlier runs; undefined where none were looked for. */
  readonly corpus?: CorpusOutcome | undefined;
}
