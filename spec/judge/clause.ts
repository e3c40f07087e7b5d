import type { RequirementId } from '../requirements/catalogue.ts';

/** What of an observation is judged, in the order in which it is looked at. */
export const CLAUSES = ['result', 'value', 'callbacks', 'entries', 'counts', 'accounting'] as const;
export type Clause = (typeof CLAUSES)[number];

/** One clause that an observation breaks, for one allowed way of the step. */
export interface Breach {
  readonly clause: Clause;
  readonly requirement: RequirementId;
  /** What this way allows, in words. */
  readonly expected: string;
  readonly observed: string;
}

/** Where a clause stands in the order. */
export const clauseOrder = (clause: Clause): number => CLAUSES.indexOf(clause);
