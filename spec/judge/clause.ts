import type { RequirementId } from '../requirements/catalogue.ts';

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
