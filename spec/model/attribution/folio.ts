import { attribution, type AttributionTable } from './attribution.ts';

const COLLAPSED = attribution({
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
  collapseRefused: attribution(
    {
      result: 'folio.collapse-refused',
      entry: 'folio.collapse-refused',
      sharers: 'folio.collapse-refused',
      charge: 'folio.collapse-refused',
      folio: 'folio.collapse-refused',
    },
    COLLAPSED,
  ),
  split: attribution({
    result: 'folio.split-in-place',
    faults: 'folio.split-in-place',
    frees: 'folio.split-in-place',
    entry: 'folio.split-in-place',
    sharers: 'folio.split-in-place',
    writable: 'folio.split-in-place',
    folio: 'folio.split-in-place',
  }),
  /** Any command that cannot split a large folio, because an injection refuses it. */
  splitRefused: attribution({
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
} as const satisfies AttributionTable;
