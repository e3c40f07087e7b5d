import { isShould, type RequirementId } from '../requirements/catalogue.ts';
import type { Op } from '../vocabulary/command.ts';

/** The parts of an observation that are judged, in the order in which they are checked. */
export const CLAUSES = ['result', 'value', 'callbacks', 'entries', 'counts', 'accounting'] as const;
export type Clause = (typeof CLAUSES)[number];

/** One clause that an observation breaks, for one allowed outcome of the step. */
export interface Breach {
  readonly clause: Clause;
  readonly requirement: RequirementId;
  /** The result or state that this outcome allows, in words. */
  readonly expected: string;
  readonly observed: string;
}

/** The position of a clause in that order. */
export const clauseOrder = (clause: Clause): number => CLAUSES.indexOf(clause);

/** The first step whose observation the specification does not allow. */
export interface Violation {
  readonly step: number;
  readonly op: Op;
  readonly requirement: RequirementId;
  readonly clause: Clause;
  /** The allowed results or states, in words: one item for each outcome that was still possible at this clause. */
  readonly expected: readonly string[];
  readonly observed: string;
  /** Every clause that the likeliest outcome breaks at this step, including the named one. */
  readonly breaches: readonly Breach[];
  /** Of a crash: the function of the kernel that reported it, which tells it from other crashes. */
  readonly site?: string | undefined;
}

/** The verdict of a judge on a trace. Inconclusive is neither failure nor success. */
export type Verdict =
  | { readonly kind: 'conforms' }
  | { readonly kind: 'violates'; readonly violation: Violation }
  | {
      readonly kind: 'inconclusive';
      readonly step: number;
      readonly reason: string;
      /** More states or outcomes were possible than the judge follows; this is no fault of the suite or the target. */
      readonly isAtCap?: true;
    };

export const CONFORMS: Verdict = { kind: 'conforms' };

/** The part of a violation that must stay the same while a case is shrunk, so that it does not slip to another bug. */
export const fingerprintOf = ({ requirement, op, clause, site }: Symptom): string =>
  site === undefined ? `${requirement} ${op} ${clause}` : `${requirement} ${site}`;

export type Symptom = Pick<Violation, 'requirement' | 'op' | 'clause' | 'site'>;

/** Whether a failure with this fingerprint breaks only a SHOULD: only a strict judge reports it as a violation. */
export const isOfShould = (fingerprint: string): boolean => isShould(fingerprint.split(' ')[0] ?? '');
