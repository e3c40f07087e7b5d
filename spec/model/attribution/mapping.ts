import { type AttributionTable, outcome, refinement } from './attribution.ts';

const UNMAPPED = outcome({
  result: 'unmap.clears',
  faults: 'unmap.no-callbacks',
  frees: 'unmap.releases',
  entry: 'unmap.clears',
  sharers: 'fork.survives',
  references: 'unmap.releases',
  mappings: 'unmap.releases',
});
const PROTECTED = outcome({
  result: 'protect.no-callbacks',
  faults: 'protect.no-callbacks',
  frees: 'protect.no-callbacks',
  entry: 'protect.no-callbacks',
  sharers: 'protect.no-callbacks',
  writable: 'protect.downgrades',
  references: 'protect.no-callbacks',
  mappings: 'protect.no-callbacks',
});

/** Map, unmap, discard and protect. An unmap and a discard that remove the entry have the same attribution. */
export const MAPPING = {
  mapped: outcome({ result: 'unmap.clears', entry: 'unmap.reads-zero' }),
  unmapped: UNMAPPED,
  unmappedPoison: outcome({ frees: 'failure.poison-inert', entry: 'failure.poison-inert' }, UNMAPPED),
  unmappedLost: outcome({ frees: 'removal.inert', entry: 'removal.inert' }, UNMAPPED),
  /** Host memory and shared memory. */
  unmappedCommon: outcome({ faults: 'types.host-no-callbacks', frees: 'types.host-no-callbacks' }, UNMAPPED),
  discardedHost: outcome({
    result: 'types.host-stays',
    entry: 'types.host-stays',
    frees: 'types.host-no-callbacks',
    covers: ['types.host-stays'],
  }),
  discardedSharedMemory: outcome({
    result: 'types.shared-stays',
    entry: 'types.shared-stays',
    frees: 'types.shared-stays',
    covers: ['types.shared-stays'],
  }),
  /** A discard of a locked page. */
  discardRefused: outcome({
    result: 'populate.locked',
    entry: 'populate.locked',
    frees: 'populate.locked',
    sharers: 'populate.locked',
    covers: ['populate.locked'],
  }),
  /** An entry that an unmap, a discard or an exit removes: poison, of a lost page, or of any page. */
  removedPoison: refinement({ covers: ['failure.poison-inert'] }),
  removedLost: refinement({ covers: ['removal.inert'] }),
  removed: refinement({ covers: ['unmap.clears'] }),
  removedShared: refinement({ covers: ['fork.survives'] }),
  removedOnDevice: refinement({
    covers: ['unmap.releases', 'unmap.no-callbacks', 'count.free-once', 'count.free-unmapped'],
  }),
  removedWhileClosed: refinement({ covers: ['device.close-keeps'] }),
  protected: PROTECTED,
  /** A protect of a page with a READ entry. */
  protectedRead: outcome(
    { writable: 'protect.never-upgrades', covers: ['protect.never-upgrades'] },
    PROTECTED,
  ),
  protectedPoison: outcome(
    { entry: 'failure.poison-inert', frees: 'failure.poison-inert', covers: ['failure.poison-inert'] },
    PROTECTED,
  ),
  protectedLost: outcome(
    { entry: 'removal.inert', frees: 'removal.inert', covers: ['removal.inert'] },
    PROTECTED,
  ),
  protectedOnDevice: refinement({ covers: ['protect.no-callbacks'] }),
  /** A page on the device whose entry loses WRITE. */
  downgraded: refinement({ covers: ['protect.downgrades'] }),
  /** Any of these commands on a part of a large folio on the device. */
  onPartOfFolio: refinement({
    frees: 'folio.holds-frames',
    charge: 'folio.holds-frames',
    writable: 'folio.splits-entry-only',
    folio: 'folio.splits-entry-only',
    covers: ['folio.splits-entry-only', 'folio.holds-frames', 'folio.counts'],
  }),
  /** Any of these commands on a whole block, and its clauses except for a map. */
  wholeBlock: refinement({ covers: ['folio.whole-command'] }),
  onWholeBlock: refinement({
    result: 'folio.whole-command',
    entry: 'folio.whole-command',
    frees: 'folio.whole-command',
    references: 'folio.whole-command',
    mappings: 'folio.whole-command',
  }),
} as const satisfies AttributionTable;

const MOVED = outcome({
  result: 'move.no-callbacks',
  value: 'move.value',
  faults: 'move.no-callbacks',
  frees: 'move.no-callbacks',
  entry: 'move.entry',
  sharers: 'move.entry',
  writable: 'move.entry',
  references: 'move.entry',
  mappings: 'move.entry',
});

export const MOVE = {
  moved: MOVED,
  /** A move that keeps the old mapping. */
  keptMapping: outcome({ entry: 'move.keep' }, MOVED),
  wholeBlock: refinement({ covers: ['folio.whole-command'] }),
  /** Each page that is moved. */
  page: refinement({ covers: ['move.no-callbacks'] }),
  pageKeepsMapping: refinement({ covers: ['move.keep'] }),
  populatedPage: refinement({ covers: ['move.value'] }),
  pageOnDevice: refinement({ covers: ['move.entry'] }),
  partOfFolioOnDevice: refinement({ covers: ['folio.splits-entry-only'] }),
} as const satisfies AttributionTable;

export const ADVISE = {
  advised: outcome({
    result: 'advise.keeps-content',
    faults: 'advise.spares-device',
    frees: 'advise.spares-device',
    entry: 'advise.keeps-content',
    sharers: 'advise.keeps-content',
    charge: 'advise.keeps-content',
  }),
  advisedOnDevice: outcome({
    result: 'advise.spares-device',
    faults: 'advise.spares-device',
    frees: 'advise.spares-device',
    entry: 'advise.spares-device',
    sharers: 'advise.spares-device',
    references: 'advise.spares-device',
    mappings: 'advise.spares-device',
    covers: ['advise.spares-device'],
  }),
  advisedInSystem: refinement({ covers: ['advise.keeps-content'] }),
  /** Advice for a locked page. */
  refused: outcome({ result: 'advise.locked', entry: 'advise.locked', covers: ['advise.locked'] }),
} as const satisfies AttributionTable;
