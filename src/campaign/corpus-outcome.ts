import type { ProfileName } from '../../spec/profiles/profile.ts';
import { isShould, type RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Counterexample } from './finding.ts';

/**
 * What came of one saved counterexample, run again.
 *
 * - `still-fails`: it breaks the same requirement at the same kind of step
 * - `fails-otherwise`: it breaks another one
 * - `fixed`: it conforms now
 * - `conforms`: it conforms, and was found on another target: nothing was ever wrong with it here
 * - `not-applicable`: the target does not follow its profile, or offers or shows less than when it was found
 * - `inconclusive`: it could not be judged
 * - `unreadable`: the file is damaged, cut off, or of another version
 * - `not-reached`: the run was stopped, or half of its time was over, before its turn came
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
  /** What the file says was broken; undefined where it cannot be read. */
  readonly recorded: RecordedFailure | undefined;
  /** What is broken now. */
  readonly counterexample: Counterexample | undefined;
  /** Why it is not applicable, inconclusive or unreadable. */
  readonly reason: string | undefined;
}

/** What a file says of its counterexample. Its words come from a file, so they may be any. */
interface RecordedFailure {
  readonly requirement: string;
  readonly op: string;
  readonly steps: number;
  readonly profile: ProfileName;
}

/** What came of the counterexamples that were saved before this run. */
export interface CorpusOutcome {
  readonly folder: string;
  readonly items: readonly CorpusItem[];
  /** Files that were left alone: found on other targets, or in profiles that this run does not check. */
  readonly ofOtherTargets: number;
  readonly ofOtherProfiles: number;
  /** Why the folder could not be read, where it could not. */
  readonly trouble: string | undefined;
}

/** The requirements that saved counterexamples show to be broken still, in one profile. */
export const brokenInCorpus = (
  corpus: CorpusOutcome | undefined,
  profile: ProfileName,
): readonly RequirementId[] =>
  (corpus?.items ?? []).flatMap(({ counterexample }) =>
    counterexample?.case.profile === profile && !isShould(counterexample.violation.requirement)
      ? [counterexample.violation.requirement]
      : [],
  );

/** Whether a saved counterexample shows that a MUST is broken still; one of a SHOULD counts in a strict run alone. */
export const isStillBroken = ({ counterexample }: CorpusItem): boolean =>
  counterexample !== undefined && !isShould(counterexample.violation.requirement);
