import type { RequirementId } from '../requirements/catalogue.ts';

/**
 * Which requirement is broken when a clause of a step fails. Each path through a command has one of these: the same
 * wrong count means one thing after a fork and another after a fault.
 */
export interface Attribution {
  /** The kind of answer: a signal, an error, moved or skipped. */
  readonly result: RequirementId;
  /** The value that a load saw. */
  readonly value: RequirementId;
  /** How often page_fault was called, and for what. */
  readonly faults: RequirementId;
  /** Which frames were freed. */
  readonly frees: RequirementId;
  /** Where the page that the command names is now. */
  readonly entry: RequirementId;
  /** Where the other entries of the same object are. */
  readonly sharers: RequirementId;
  /** A WRITE entry where only READ is allowed. */
  readonly writable: RequirementId;
  /** Reference and map counts. */
  readonly references: RequirementId;
  readonly mappings: RequirementId;
  /** How many pages are charged. */
  readonly charge: RequirementId;
}

/** A command that touches no page: whatever changed, changed by itself. */
export const AT_REST: Attribution = {
  result: 'robust.at-rest',
  value: 'migrate.transparent',
  faults: 'fault.no-needless-call',
  frees: 'count.free-once',
  entry: 'robust.at-rest',
  sharers: 'robust.at-rest',
  writable: 'protect.never-upgrades',
  references: 'count.references',
  mappings: 'count.mappings',
  charge: 'account.charge',
};

/** A blame like `base` but for some clauses. */
export const attribution = (changes: Partial<Attribution>, base: Attribution = AT_REST): Attribution => ({
  ...base,
  ...changes,
});
