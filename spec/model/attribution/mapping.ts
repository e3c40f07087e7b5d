import { type Attribution, attribution, type AttributionTable } from './attribution.ts';

const UNMAPPED = attribution({
  result: 'unmap.clears',
  faults: 'unmap.no-callbacks',
  frees: 'unmap.releases',
  entry: 'unmap.clears',
  sharers: 'fork.survives',
  references: 'unmap.releases',
  mappings: 'unmap.releases',
});
const PROTECTED = attribution({
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
  mapped: attribution({ result: 'unmap.clears', entry: 'unmap.reads-zero' }),
  unmapped: UNMAPPED,
  unmappedPoison: attribution({ frees: 'failure.poison-inert', entry: 'failure.poison-inert' }, UNMAPPED),
  unmappedLost: attribution({ frees: 'removal.inert', entry: 'removal.inert' }, UNMAPPED),
  /** Host memory and shared memory. */
  unmappedCommon: attribution(
    { faults: 'types.host-no-callbacks', frees: 'types.host-no-callbacks' },
    UNMAPPED,
  ),
  discardedHost: attribution({
    result: 'types.host-stays',
    entry: 'types.host-stays',
    frees: 'types.host-no-callbacks',
  }),
  discardedSharedMemory: attribution({
    result: 'types.shared-stays',
    entry: 'types.shared-stays',
    frees: 'types.shared-stays',
  }),
  /** A discard of a locked page. */
  discardRefused: attribution({
    result: 'populate.locked',
    entry: 'populate.locked',
    frees: 'populate.locked',
    sharers: 'populate.locked',
  }),
  protected: PROTECTED,
  /** A protect of a page with a READ entry. */
  protectedRead: attribution({ writable: 'protect.never-upgrades' }, PROTECTED),
  protectedPoison: attribution({ entry: 'failure.poison-inert', frees: 'failure.poison-inert' }, PROTECTED),
  protectedLost: attribution({ entry: 'removal.inert', frees: 'removal.inert' }, PROTECTED),
} as const satisfies AttributionTable;

/** The same command on a part of a large folio on the device. */
export const onPartOfFolio = (command: Attribution): Attribution =>
  attribution(
    {
      frees: 'folio.holds-frames',
      charge: 'folio.holds-frames',
      writable: 'folio.splits-entry-only',
      folio: 'folio.splits-entry-only',
    },
    command,
  );

/** The same command on a whole block. */
export const onWholeBlock = (command: Attribution): Attribution =>
  attribution(
    {
      result: 'folio.whole-command',
      entry: 'folio.whole-command',
      frees: 'folio.whole-command',
      references: 'folio.whole-command',
      mappings: 'folio.whole-command',
    },
    command,
  );

const MOVED = attribution({
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
  keptMapping: attribution({ entry: 'move.keep' }, MOVED),
} as const satisfies AttributionTable;

export const ADVISE = {
  advised: attribution({
    result: 'advise.keeps-content',
    faults: 'advise.spares-device',
    frees: 'advise.spares-device',
    entry: 'advise.keeps-content',
    sharers: 'advise.keeps-content',
    charge: 'advise.keeps-content',
  }),
  advisedOnDevice: attribution({
    result: 'advise.spares-device',
    faults: 'advise.spares-device',
    frees: 'advise.spares-device',
    entry: 'advise.spares-device',
    sharers: 'advise.spares-device',
    references: 'advise.spares-device',
    mappings: 'advise.spares-device',
  }),
  /** Advice for a locked page. */
  refused: attribution({ result: 'advise.locked', entry: 'advise.locked' }),
} as const satisfies AttributionTable;
