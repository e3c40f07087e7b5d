import type { RequirementId } from '../../requirements/catalogue.ts';

/**
 * The requirement that is broken when a clause of a step fails. Each path through a command has its own attribution, because
 * the same wrong count breaks one requirement after a fork and another after a fault.
 */
export interface Attribution {
  /** The kind of result: a signal, an error, moved or skipped. */
  readonly result: RequirementId;
  /** The value that a load returned. */
  readonly value: RequirementId;
  /** The number of page_fault calls, and the page of each. */
  readonly faults: RequirementId;
  /** The frames that were freed. */
  readonly frees: RequirementId;
  /** The place of the page that the command names, after the step. */
  readonly entry: RequirementId;
  /** The place that the other entries of the same object show. */
  readonly sharers: RequirementId;
  /** A WRITE entry where only READ is allowed. */
  readonly writable: RequirementId;
  /** Reference and map counts. */
  readonly references: RequirementId;
  readonly mappings: RequirementId;
  /** The number of charged pages. */
  readonly charge: RequirementId;
  /** In a world with blocks: which entries are whole, and which frames hold large folios. */
  readonly folio: RequirementId;
}

/** The attributions of a family of commands, by outcome. */
export type AttributionTable = Readonly<Record<string, Attribution>>;

/** For a command that accesses no page and therefore changes none. */
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
  folio: 'folio.splits-entry-only',
};

/** An attribution that differs from `base` in some clauses. */
export const attribution = (changes: Partial<Attribution>, base: Attribution = AT_REST): Attribution => ({
  ...base,
  ...changes,
});

/** Every mismatch after a race: no sequential order of the two commands explains it. */
export const RACED = attribution({
  result: 'race.one-order',
  value: 'race.value',
  faults: 'race.page-fault-calls',
  frees: 'race.frame-accounting',
  entry: 'race.entries',
  sharers: 'race.entries',
  writable: 'race.entries',
  references: 'race.frame-accounting',
  mappings: 'race.frame-accounting',
});
