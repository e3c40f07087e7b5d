import { type AttributionTable, outcome, refinement } from './attribution.ts';

const COLLAPSED = outcome({
  result: 'folio.collapse-keeps',
  value: 'folio.collapse-keeps',
  faults: 'folio.collapse-refused',
  frees: 'folio.collapse-refused',
  entry: 'folio.collapse-keeps',
  sharers: 'folio.collapse-keeps',
  charge: 'folio.collapse-keeps',
  folio: 'folio.collapse-keeps',
});

/** Collapse and split of large folios. */
export const FOLIO = {
  collapsed: COLLAPSED,
  collapseRefused: outcome(
    {
      result: 'folio.collapse-refused',
      entry: 'folio.collapse-refused',
      sharers: 'folio.collapse-refused',
      charge: 'folio.collapse-refused',
      folio: 'folio.collapse-refused',
    },
    COLLAPSED,
  ),
  /** A block that cannot become a large folio. */
  notCollapsible: refinement({ covers: ['folio.collapse-refused'] }),
  /** A collapse that makes a new large folio. */
  collapsedAnew: refinement({ covers: ['folio.collapse-keeps'] }),
  split: outcome({
    result: 'folio.split-in-place',
    faults: 'folio.split-in-place',
    frees: 'folio.split-in-place',
    entry: 'folio.split-in-place',
    sharers: 'folio.split-in-place',
    writable: 'folio.split-in-place',
    folio: 'folio.split-in-place',
  }),
  splitDone: refinement({ covers: ['folio.split-in-place'] }),
  /** Any command that cannot split a large folio, because an injection refuses it. */
  splitRefused: outcome({
    result: 'folio.split-refused',
    value: 'folio.split-refused',
    faults: 'fault.calls-once',
    frees: 'folio.split-refused',
    entry: 'folio.split-refused',
    sharers: 'folio.split-refused',
    references: 'folio.split-refused',
    mappings: 'folio.split-refused',
    charge: 'folio.split-refused',
    folio: 'folio.split-refused',
  }),
  /** Any large folio whose split an injection refuses, even if it is split after that. */
  splitStruck: refinement({ covers: ['folio.split-refused'] }),
  /** Any split of a large folio that a command needs. */
  splitUp: refinement({ covers: ['folio.keeps-values'] }),
  splitUpOnDevice: refinement({ covers: ['folio.split-frees', 'folio.split-callbacks'] }),
  /** A large folio with pages that nothing holds. */
  splitUpPartlyHeld: refinement({ frees: 'folio.split-frees', charge: 'folio.split-frees' }),
  /** A large folio that migrates to system memory whole. */
  migratedWhole: refinement({ covers: ['folio.free-once', 'folio.keeps-values'] }),
  /** The same where an injection strikes it. */
  struckWhole: refinement({ covers: ['folio.failure-restores'] }),
  /** A fault on a page of a large folio. */
  faulted: refinement({ covers: ['folio.fault-ends'] }),
  /** A large folio for which system memory has no large page. */
  withoutLargePage: refinement({ covers: ['folio.fault-ends'] }),
  /** An access that populates the block of its page with a large folio. */
  populated: refinement({ covers: ['folio.populates-zero'] }),
} as const satisfies AttributionTable;
