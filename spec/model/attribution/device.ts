import { type AttributionTable, outcome, pageRefinement, refinement } from './attribution.ts';

const REMOVED = outcome({
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
  attached: outcome({ result: 'device.attach', covers: ['device.attach'] }),
  detached: outcome({
    result: 'migrate.detach',
    faults: 'migrate.no-callbacks',
    frees: 'migrate.detach',
    entry: 'migrate.detach',
    sharers: 'migrate.moves-all',
  }),
  /** A detach of a device with pages. */
  detachedWithPages: refinement({ covers: ['migrate.detach', 'migrate.no-callbacks'] }),
  /** A detach that fails because a page stays. */
  detachRefused: refinement({ covers: ['migrate.failure-restores'] }),
  removed: REMOVED,
  /** A removal after which an entry shows a page on the device. */
  removedInPart: outcome({ frees: 'removal.poisons' }, REMOVED),
  /** A removal after which a page that was elsewhere is gone. */
  removedTooMuch: outcome({ frees: 'removal.spares' }, REMOVED),
  /** A page on the removed device, and another page. */
  lostPage: pageRefinement('removal.poisons', 'removal.frees', 'removal.no-callbacks'),
  sparedPage: pageRefinement('removal.spares'),
  closedOrOpened: outcome({
    result: 'device.closed',
    entry: 'device.close-keeps',
    faults: 'device.close-keeps',
    frees: 'device.close-keeps',
    references: 'device.close-keeps',
    mappings: 'device.close-keeps',
    covers: ['device.closed'],
  }),
  memoryAdded: outcome({
    result: 'types.add-memory',
    entry: 'types.add-memory',
    faults: 'types.add-memory',
    frees: 'types.add-memory',
    references: 'types.add-memory',
    mappings: 'types.add-memory',
    covers: ['types.add-memory'],
  }),
} as const satisfies AttributionTable;

const ALL_EVICTED = outcome({
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
  /** An eviction of a device with pages. */
  allPages: refinement({ covers: ['migrate.evict-all', 'migrate.no-callbacks'] }),
  whileClosed: refinement({ covers: ['device.close-keeps'] }),
  /** A page that stays because its migration fails. */
  pageStays: refinement({ covers: ['migrate.failure-restores'] }),
  /** A page of another device. */
  besideOtherDevice: refinement({ covers: ['devices.isolated'] }),
  range: outcome(
    {
      result: 'folio.evicts-range',
      value: 'folio.evicts-range',
      frees: 'folio.evicts-range',
      entry: 'folio.evicts-range',
      sharers: 'folio.evicts-range',
      covers: ['folio.evicts-range'],
    },
    ALL_EVICTED,
  ),
  /** An eviction or a detach after which a page has left another device. */
  otherDevice: outcome({
    result: 'devices.isolated',
    value: 'devices.isolated',
    faults: 'devices.isolated',
    frees: 'devices.isolated',
    entry: 'devices.isolated',
    sharers: 'devices.isolated',
  }),
} as const satisfies AttributionTable;
