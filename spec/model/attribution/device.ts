import { attribution, type AttributionTable } from './attribution.ts';

const REMOVED = attribution({
  result: 'device.attach',
  faults: 'removal.no-callbacks',
  frees: 'removal.frees',
  entry: 'removal.poisons',
  sharers: 'removal.poisons',
  writable: 'removal.spares',
  references: 'removal.frees',
  mappings: 'removal.frees',
  charge: 'removal.frees',
});

/** Attach, detach, surprise removal, close, open and add-memory. */
export const DEVICE = {
  /** An attach, and a detach or a removal of a device that is not attached. */
  attached: attribution({ result: 'device.attach' }),
  detached: attribution({
    result: 'migrate.detach',
    faults: 'migrate.no-callbacks',
    frees: 'migrate.detach',
    entry: 'migrate.detach',
    sharers: 'migrate.moves-all',
  }),
  removed: REMOVED,
  /** A removal after which an entry shows a page on the device. */
  removedInPart: attribution({ frees: 'removal.poisons' }, REMOVED),
  /** A removal after which a page that was elsewhere is gone. */
  removedTooMuch: attribution({ frees: 'removal.spares' }, REMOVED),
  closedOrOpened: attribution({
    result: 'device.closed',
    entry: 'device.close-keeps',
    faults: 'device.close-keeps',
    frees: 'device.close-keeps',
    references: 'device.close-keeps',
    mappings: 'device.close-keeps',
  }),
  memoryAdded: attribution({
    result: 'types.add-memory',
    entry: 'types.add-memory',
    faults: 'types.add-memory',
    frees: 'types.add-memory',
    references: 'types.add-memory',
    mappings: 'types.add-memory',
  }),
} as const satisfies AttributionTable;

const ALL_EVICTED = attribution({
  result: 'migrate.evict-all',
  value: 'migrate.evict-all',
  faults: 'migrate.no-callbacks',
  frees: 'migrate.evict-all',
  entry: 'migrate.evict-all',
  sharers: 'migrate.moves-all',
});

/** Evictions of a whole device or of a range of frames. */
export const EVICTION = {
  all: ALL_EVICTED,
  range: attribution(
    {
      result: 'folio.evicts-range',
      value: 'folio.evicts-range',
      frees: 'folio.evicts-range',
      entry: 'folio.evicts-range',
      sharers: 'folio.evicts-range',
    },
    ALL_EVICTED,
  ),
  /** An eviction or a detach after which a page has left another device. */
  otherDevice: attribution({
    result: 'devices.isolated',
    value: 'devices.isolated',
    faults: 'devices.isolated',
    frees: 'devices.isolated',
    entry: 'devices.isolated',
    sharers: 'devices.isolated',
  }),
} as const satisfies AttributionTable;
