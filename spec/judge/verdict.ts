import { isShould, type RequirementId } from '../requirements/catalogue.ts';
import type { Op } from '../vocabulary/command.ts';
import type { Breach, Clause } from './clause.ts';

/** The first step at which what was seen is nothing that the specification allows. */
export interface Violation {
  readonly step: number;
  readonly op: Op;
  readonly requirement: RequirementId;
  readonly clause: Clause;
  /** What was allowed, in words: one item for each way that was still open at this clause. */
  readonly expected: readonly string[];
  readonly observed: string;
  /** Every clause that the likeliest way breaks at this step, the named one among them. */
  readonly breaches: readonly Breach[];
}

/** What a judge says of a trace. Unknown is never failure and never success. */
export type Verdict =
  | { readonly kind: 'conforms' }
  | { readonly kind: 'violates'; readonly violation: Violation }
  | {
      readonly kind: 'inconclusive';
      readonly step: number;
      readonly reason: string;
      /** More states or outcomes were possible than the judge follows; nothing is wrong with the suite or the target. */
      readonly isAtCap?: true;
    };

export const CONFORMS: Verdict = { kind: 'conforms' };

/** What must stay the same while a case is reduced, so that it does not slip to another bug. */
export const fingerprintOf = ({
  requirement,
  op,
  clause,
}: Pick<Violation, 'requirement' | 'op' | 'clause'>): string => `${requirement} ${op} ${clause}`;

/** Whether what fails so breaks no more than a SHOULD: only a strict judge takes it for a violation. */
export const isOfShould = (fingerprint: string): boolean => isShould(fingerprint.split(' ')[0] ?? '');
