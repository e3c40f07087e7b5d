import type { Violation } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import type { Certificate, SearchedSlice } from '../reduce/certificate.ts';
import type { TargetFailure } from '../targets/target.ts';
import type { CaseNumber } from './case-number.ts';
import type { Flaky } from './flaky.ts';

/** A case on which the target breaks a requirement, as short as we could make it. */
export interface Counterexample {
  readonly case: Case;
  /** Cases that must run before it on the same start of the target; left out where it fails by itself. */
  readonly earlier?: readonly Case[] | undefined;
  /** What was observed; undefined where the target crashed or hung and there is no trace. */
  readonly trace: Trace | undefined;
  readonly violation: Violation;
  /** The crash or hang, where that is the violation. */
  readonly failure: TargetFailure | undefined;
  readonly certificate: Certificate;
  /** What was searched for something shorter; undefined where nothing was. */
  readonly slice: SearchedSlice | undefined;
  /** How many cases the reducer asked the target for. */
  readonly asked: number;
  /** How often it fails, where it does not always. */
  readonly flaky?: Flaky | undefined;
}

/** Another way in which a bug showed itself; its case number is that of the first case that failed so. */
export interface OtherWay extends CaseNumber, Pick<Violation, 'requirement' | 'op' | 'clause'> {
  /** How many cases failed in this way. */
  readonly times: number;
}

/**
 * One bug, as far as can be told, by the shortest case that shows it. Cases that fail alike only count: in the same way, or in
 * another that is taken to be of the same bug because of where they first diverge.
 */
export interface Finding extends CaseNumber {
  readonly fingerprint: string;
  /** How many commands the run had sent when this was found. */
  readonly after: number;
  readonly found: Case;
  readonly counterexample: Counterexample;
  /** How many cases failed in this way. */
  readonly times: number;
  /** The other ways in which the same bug showed itself. */
  readonly otherWays: readonly OtherWay[];
  /**
   * The finding of an earlier profile whose case fails in this profile, too. Such a finding was not reduced again, and has
   * the file of the other.
   */
  readonly sameAs?: SameAs | undefined;
  /** Where the counterexample was saved; undefined while it is not. */
  readonly file: string | undefined;
  /** It was met while the failure of its case was reduced, and in no case of the run itself. */
  readonly isByTheWay: boolean;
}

/** A finding of an earlier profile of the same run. */
export interface SameAs extends Pick<Violation, 'requirement' | 'op' | 'clause'> {
  readonly profile: ProfileName;
}

/** The requirements that a bug breaks, in any way. */
export const requirementsOf = ({
  counterexample,
  otherWays,
}: Pick<Finding, 'counterexample' | 'otherWays'>): ReadonlySet<RequirementId> =>
  new Set([counterexample.violation.requirement, ...otherWays.map(({ requirement }) => requirement)]);
