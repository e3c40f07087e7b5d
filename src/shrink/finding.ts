import { isDeepStrictEqual } from 'node:util';
import type { Symptom, Violation } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { type Certificate, rank, type SearchedSlice } from '../search/certificate.ts';
import type { TargetFailure } from '../targets/target.ts';
import type { Flaky } from '../examine/repetition.ts';
import { type Examined, violationOf } from '../examine/examiner.ts';

/**
 * The number of a case in its profile. Random cases and the cases of the directed suite are numbered separately, from
 * 0.
 */
export interface CaseNumber {
  /** For a random case: together with the seed of the run, it determines the case. */
  readonly index: number;
  /** The name of a directed case; undefined for a random one. */
  readonly directed?: string | undefined;
}

/** The case in words; "zdc suite" prints the cases of the directed suite. */
export const caseInWords = ({ index, directed }: CaseNumber): string =>
  `${directed === undefined ? '' : 'directed '}case ${index}`;

/** A case that violates a requirement, as short as shrinking could make it. */
export interface Counterexample {
  readonly case: Case;
  /** Cases that must run before it on the same start of the target; absent if it fails alone. */
  readonly earlier?: readonly Case[] | undefined;
  /** The observations; undefined if the target crashed or hung without a trace. */
  readonly trace: Trace | undefined;
  readonly violation: Violation;
  /** The crash or hang, if that is the violation. */
  readonly failure: TargetFailure | undefined;
  readonly certificate: Certificate;
  /** The set of cases searched for a shorter one; undefined if none was searched. */
  readonly slice: SearchedSlice | undefined;
  /** Number of candidates run during shrinking. */
  readonly asked: number;
  /** The failure rate of a flaky failure. */
  readonly flaky?: Flaky | undefined;
}

/**
 * A counterexample with the certificate that is known for its case, if that is better: shrinking does not repeat the
 * search that gave it.
 */
export const withKnownCertificate = (
  counterexample: Counterexample,
  known: Pick<Counterexample, 'case' | 'certificate' | 'slice'>,
): Counterexample =>
  counterexample.flaky === undefined &&
  rank(known.certificate) > rank(counterexample.certificate) &&
  isDeepStrictEqual(known.case, counterexample.case)
    ? { ...counterexample, certificate: known.certificate, slice: known.slice }
    : counterexample;

/** Another fingerprint of a finding, with the number of the first case that showed it. */
export interface OtherSymptom extends CaseNumber, Symptom {
  /** How many cases failed in this way. */
  readonly times: number;
}

/**
 * One bug, as far as can be determined, represented by its shortest counterexample. Further cases are only counted:
 * those with the same fingerprint, and those attributed to the same bug by their first divergence.
 */
export interface Finding extends CaseNumber {
  readonly fingerprint: string;
  /** Number of commands sent in the profile before the finding. */
  readonly after: number;
  readonly found: Case;
  readonly counterexample: Counterexample;
  /** How many cases failed in this way. */
  readonly times: number;
  /** The other fingerprints attributed to the same bug. */
  readonly otherSymptoms: readonly OtherSymptom[];
  /**
   * The finding of an earlier profile whose case also fails in this profile. Such a finding was not shrunk again and
   * shares the file.
   */
  readonly sameAs?: SameAs | undefined;
  /** The file of the counterexample; undefined if not saved. */
  readonly file: string | undefined;
  /** Whether it occurred only in a candidate during shrinking, and in no case of the run. */
  readonly isIncidental: boolean;
}

/** A finding of an earlier profile of the same run. */
export interface SameAs extends Symptom {
  readonly profile: ProfileName;
}

/** All requirements that a finding violates. */
export const requirementsOf = ({
  counterexample,
  otherSymptoms,
}: Pick<Finding, 'counterexample' | 'otherSymptoms'>): ReadonlySet<RequirementId> =>
  new Set([counterexample.violation.requirement, ...otherSymptoms.map(({ requirement }) => requirement)]);

/** An unshrunk failing case as a counterexample; undefined if the case does not fail. */
export function unshrunkCounterexample(testCase: Case, examined: Examined): Counterexample | undefined {
  const unshrunk = { case: testCase, certificate: 'found', slice: undefined, asked: 0 } as const;
  if (examined.kind === 'failed') {
    const { failure } = examined;
    return { ...unshrunk, trace: undefined, violation: violationOf(testCase, failure), failure };
  }
  const { verdict, trace } = examined;
  return verdict.kind === 'violates'
    ? { ...unshrunk, trace, violation: verdict.violation, failure: undefined }
    : undefined;
}
