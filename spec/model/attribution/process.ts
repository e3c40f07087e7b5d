import { type AttributionTable, outcome, pageRefinement, refinement } from './attribution.ts';

/** Fork, inherit and exit. */
export const PROCESS = {
  forked: outcome({
    result: 'fork.shares',
    faults: 'fork.no-callbacks',
    frees: 'fork.no-callbacks',
    entry: 'fork.shares',
    sharers: 'fork.shares',
    writable: 'fork.read-both',
    references: 'fork.counts',
    mappings: 'fork.counts',
    folio: 'folio.fork-shares',
  }),
  /** A page on a device. */
  forkedOnDevice: refinement({
    covers: ['fork.shares', 'fork.no-callbacks', 'fork.counts', 'fork.read-both'],
  }),
  /** A page of a large folio on a device. */
  forkedFolio: refinement({ covers: ['folio.fork-shares', 'folio.counts'] }),
  /** A page to which a device may have exclusive access. */
  forkedExclusive: refinement({ entry: 'exclusive.fork', covers: ['exclusive.fork'] }),
  forkedHost: refinement({ covers: ['types.host-value'] }),
  forkedSharedMemory: refinement({ covers: ['types.shared-value'] }),
  forkedPoison: refinement({ covers: ['failure.poison-inert'] }),
  forkedLost: refinement({ covers: ['removal.inert'] }),
  /** A page that the parent watches for stores. */
  forkedWatched: refinement({ covers: ['watch.own'] }),
  forkedPinned: refinement({ covers: ['fork.pin-stays'] }),
  /** A page that is copied for the child because it or its large folio is pinned. */
  forkedCopy: refinement({ charge: 'fork.pin-stays' }),
  /** A page that the child does not inherit, and one that it inherits as an unpopulated page. */
  notInherited: refinement({ covers: ['fork.not-inherited'] }),
  inheritedEmpty: refinement({ covers: ['fork.inherited-empty'] }),
  /** A page with content in both cases. */
  parentKeeps: pageRefinement('fork.parent-keeps'),
  inheritanceSet: outcome({
    result: 'fork.parent-keeps',
    faults: 'fork.parent-keeps',
    frees: 'fork.parent-keeps',
    entry: 'fork.parent-keeps',
    sharers: 'fork.parent-keeps',
    writable: 'fork.parent-keeps',
    references: 'fork.parent-keeps',
    mappings: 'fork.parent-keeps',
  }),
  exited: outcome({
    result: 'unmap.clears',
    faults: 'unmap.no-callbacks',
    frees: 'unmap.releases',
    entry: 'unmap.clears',
    sharers: 'fork.survives',
    references: 'unmap.releases',
    mappings: 'unmap.releases',
  }),
} as const satisfies AttributionTable;
