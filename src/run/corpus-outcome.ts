import type { ProfileName } from '../../spec/profiles/profile.ts';
import { isShould, type RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Counterexample } from '../shrink/finding.ts';

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
