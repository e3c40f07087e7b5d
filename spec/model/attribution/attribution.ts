import { type RequirementId, ruleIndex } from '../../requirements/catalogue.ts';

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
  /**
   * Reference and map counts of a frame whose number of entries the step changes. Other frames have `count.references` and
   * `count.mappings`.
   */
  readonly references: RequirementId;
  readonly mappings: RequirementId;
  /** The number of charged pages. */
  readonly charge: RequirementId;
  /** In a world with blocks: which entries are whole, and which frames hold large folios. */
  readonly folio: RequirementId;
}

/** An outcome of a command: `Step.select` selects it. */
export interface Outcome {
  readonly attribution: Attribution;
  /** The requirements whose precondition it meets, by catalogue index. */
  readonly covers: readonly number[];
}

/** A further condition that an outcome may meet: `Step.refine` adds it to the selected outcome. */
export interface Refinement {
  /** The clauses that it changes, if any. */
  readonly attribution: Partial<Attribution> | undefined;
  readonly covers: readonly number[];
}

/** The same for one page of a range: also the requirement for its result and its entry, by catalogue index. */
export interface PageRefinement extends Refinement {
  readonly rule: number;
}

/** The outcomes of a family of commands, and the conditions that refine them. */
export type AttributionTable = Readonly<Record<string, Outcome | Refinement>>;

/** The requirements of some clauses, and those that are covered. */
interface Requirements extends Partial<Attribution> {
  readonly covers?: readonly RequirementId[];
}

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

/** An outcome that differs from `base` in some clauses. It also covers every requirement that `base` covers. */
export const outcome = (
  { covers = [], ...clauses }: Requirements,
  base: Outcome = { attribution: AT_REST, covers: [] },
): Outcome => ({
  attribution: { ...base.attribution, ...clauses },
  covers: [...base.covers, ...covers.map(ruleIndex)],
});

export const refinement = ({ covers = [], ...clauses }: Requirements): Refinement => ({
  attribution: Object.keys(clauses).length === 0 ? undefined : clauses,
  covers: covers.map(ruleIndex),
});

/** A page of a range whose result `rule` requires; it covers that requirement, and `others`. */
export const pageRefinement = (rule: RequirementId, ...others: readonly RequirementId[]): PageRefinement => ({
  ...refinement({ covers: [rule, ...others] }),
  rule: ruleIndex(rule),
});

export const RACE = {
  /** Every mismatch after a race: no sequential order of the two commands explains it. */
  raced: outcome({
    result: 'race.one-order',
    value: 'race.value',
    faults: 'race.page-fault-calls',
    frees: 'race.frame-accounting',
    entry: 'race.entries',
    sharers: 'race.entries',
    writable: 'race.entries',
    references: 'race.frame-accounting',
    mappings: 'race.frame-accounting',
  }),
  /** Two commands that concern the same pages. */
  met: refinement({ covers: ['race.one-order', 'race.entries'] }),
  /** One of them returns a value. */
  metReader: refinement({ covers: ['race.value'] }),
  /** One of them may call page_fault. */
  metOnDevice: refinement({ covers: ['race.page-fault-calls'] }),
  /** Their accesses call page_fault one at a time. */
  metLockedFault: refinement({ covers: ['race.locked-fault'] }),
  /** Frames may have been allocated or freed. */
  metFrames: refinement({ covers: ['race.frame-accounting'] }),
} as const satisfies AttributionTable;
