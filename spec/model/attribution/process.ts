import { attribution, type AttributionTable } from './attribution.ts';

const FORKED = attribution({
  result: 'fork.shares',
  faults: 'fork.no-callbacks',
  frees: 'fork.no-callbacks',
  entry: 'fork.shares',
  sharers: 'fork.shares',
  writable: 'fork.read-both',
  references: 'fork.counts',
  mappings: 'fork.counts',
  folio: 'folio.fork-shares',
});

/** Fork, inherit and exit. */
export const PROCESS = {
  forked: FORKED,
  /** A page to which a device may have exclusive access. */
  forkedExclusive: attribution({ entry: 'exclusive.fork' }, FORKED),
  inheritanceSet: attribution({
    result: 'fork.parent-keeps',
    faults: 'fork.parent-keeps',
    frees: 'fork.parent-keeps',
    entry: 'fork.parent-keeps',
    sharers: 'fork.parent-keeps',
    writable: 'fork.parent-keeps',
    references: 'fork.parent-keeps',
    mappings: 'fork.parent-keeps',
  }),
  exited: attribution({
    result: 'unmap.clears',
    faults: 'unmap.no-callbacks',
    frees: 'unmap.releases',
    entry: 'unmap.clears',
    sharers: 'fork.survives',
    references: 'unmap.releases',
    mappings: 'unmap.releases',
  }),
} as const satisfies AttributionTable;
