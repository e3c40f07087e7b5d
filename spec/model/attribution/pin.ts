import { attribution, type AttributionTable } from './attribution.ts';

const UNPINNED = attribution({ result: 'pin.sees-stores', value: 'pin.sees-stores' });

export const PIN = {
  /** A slot that is in use at a pin, or empty at an unpin. */
  slotRefused: attribution({ result: 'pin.slot', value: 'pin.slot' }),
  migratedBack: attribution({
    result: 'pin.migrates-back',
    value: 'pin.migrates-back',
    faults: 'pin.migrates-back',
    entry: 'pin.migrates-back',
    sharers: 'fault.moves-all',
  }),
  /** A pin for reading that breaks the sharing of its page. */
  readOwn: attribution({
    result: 'pin.read-own',
    entry: 'pin.read-own',
    sharers: 'pin.read-own',
    charge: 'pin.read-own',
  }),
  /** A pin for reading that keeps the sharing of its page. */
  readShared: attribution({
    result: 'pin.read-shares',
    entry: 'pin.read-shares',
    sharers: 'pin.read-shares',
    charge: 'pin.read-shares',
  }),
  /** A pin for reading of an unpopulated page. */
  readUnpopulated: attribution({
    result: 'pin.read-empty',
    value: 'pin.read-empty',
    entry: 'pin.read-empty',
    charge: 'pin.read-empty',
  }),
  unpinned: UNPINNED,
  unpinnedUnpopulated: attribution({ result: 'pin.read-empty', value: 'pin.read-empty' }),
  /** A page that was shared before. */
  unpinnedShared: attribution({ value: 'fork.pin-stays' }, UNPINNED),
} as const satisfies AttributionTable;

/** Populate and lock. */
export const POPULATE = {
  migratedBack: attribution({
    result: 'populate.migrates-back',
    value: 'populate.migrates-back',
    faults: 'populate.migrates-back',
    entry: 'populate.migrates-back',
    sharers: 'fault.moves-all',
  }),
  /** The process gets a page of its own, without a fault. */
  ownPage: attribution({
    result: 'populate.migrates-back',
    entry: 'populate.migrates-back',
    charge: 'populate.migrates-back',
  }),
} as const satisfies AttributionTable;
