import { type AttributionTable, outcome, refinement } from './attribution.ts';

const UNPINNED = outcome({ result: 'pin.sees-stores', value: 'pin.sees-stores' });

export const PIN = {
  /** A slot that is in use at a pin, or empty at an unpin. */
  slotRefused: outcome({ result: 'pin.slot', value: 'pin.slot', covers: ['pin.slot'] }),
  migratedBack: outcome({
    result: 'pin.migrates-back',
    value: 'pin.migrates-back',
    faults: 'pin.migrates-back',
    entry: 'pin.migrates-back',
    sharers: 'fault.moves-all',
  }),
  /** The same after any number of calls of page_fault. */
  afterFault: refinement({ covers: ['pin.migrates-back'] }),
  /** A pin for reading that is permitted. */
  read: refinement({ covers: ['pin.read-permission'] }),
  /** The same on a page that may not be written to. */
  readOfReadOnly: refinement({ result: 'pin.read-permission' }),
  /** A pin for reading of a page with several entries, in profiles where it breaks the sharing. */
  readOfShared: refinement({ covers: ['pin.read-own'] }),
  /** A pin for reading that breaks the sharing of its page. */
  readOwn: outcome({
    result: 'pin.read-own',
    entry: 'pin.read-own',
    sharers: 'pin.read-own',
    charge: 'pin.read-own',
  }),
  readOwnAfterFault: refinement({ charge: 'pin.read-own' }),
  /** A pin for reading that keeps the sharing of its page. */
  readShared: outcome({
    result: 'pin.read-shares',
    entry: 'pin.read-shares',
    sharers: 'pin.read-shares',
    charge: 'pin.read-shares',
    covers: ['pin.read-shares'],
  }),
  readSharedAfterFault: refinement({ charge: 'pin.read-shares', covers: ['pin.read-shares'] }),
  /** A pin for reading of an unpopulated page. */
  readUnpopulated: outcome({
    result: 'pin.read-empty',
    value: 'pin.read-empty',
    entry: 'pin.read-empty',
    charge: 'pin.read-empty',
    covers: ['pin.read-empty'],
  }),
  unpinned: outcome({ covers: ['pin.sees-stores'] }, UNPINNED),
  unpinnedUnpopulated: outcome({
    result: 'pin.read-empty',
    value: 'pin.read-empty',
    covers: ['pin.read-empty'],
  }),
  /** A page that was shared before. */
  unpinnedShared: outcome({ value: 'fork.pin-stays' }, UNPINNED),
} as const satisfies AttributionTable;

/** Populate and lock. */
export const POPULATE = {
  migratedBack: outcome({
    result: 'populate.migrates-back',
    value: 'populate.migrates-back',
    faults: 'populate.migrates-back',
    entry: 'populate.migrates-back',
    sharers: 'fault.moves-all',
  }),
  /** The same after any number of calls of page_fault. */
  afterFault: refinement({ covers: ['populate.migrates-back'] }),
  /** The process gets a page of its own, without a fault. */
  ownPage: outcome({
    result: 'populate.migrates-back',
    entry: 'populate.migrates-back',
    charge: 'populate.migrates-back',
    covers: ['populate.migrates-back'],
  }),
} as const satisfies AttributionTable;
