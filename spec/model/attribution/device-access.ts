import { type AttributionTable, outcome, refinement } from './attribution.ts';

const DENIED = outcome({
  result: 'device.permission',
  value: 'device.permission',
  faults: 'device.permission',
});
const FOREIGN = outcome({
  result: 'devices.foreign-access',
  value: 'devices.foreign-access',
  faults: 'devices.foreign-access',
  frees: 'devices.foreign-access',
  entry: 'devices.foreign-access',
  sharers: 'fault.moves-all',
});
const TRAPPED = outcome({
  result: 'watch.traps-store',
  value: 'watch.traps-store',
  faults: 'watch.traps-store',
  entry: 'watch.traps-store',
  charge: 'watch.traps-store',
  covers: ['watch.traps-store'],
});
const LOADED = outcome({
  result: 'device.permission',
  value: 'device.load-value',
  faults: 'device.load-no-callbacks',
  frees: 'device.load-no-callbacks',
  entry: 'device.load-no-callbacks',
  sharers: 'device.load-no-callbacks',
  writable: 'device.load-no-callbacks',
  references: 'device.load-no-callbacks',
  mappings: 'device.load-no-callbacks',
  covers: ['device.load-no-callbacks'],
});
const STORED = outcome({
  result: 'device.store-visible',
  value: 'device.store-visible',
  faults: 'device.store-place',
  frees: 'device.store-counts',
  entry: 'device.store-place',
  sharers: 'device.store-place',
  writable: 'device.store-place',
  references: 'device.store-counts',
  mappings: 'device.store-counts',
});

/** Loads and stores by a device. */
export const DEVICE_ACCESS = {
  closed: outcome({ result: 'device.closed', value: 'device.closed', covers: ['device.closed'] }),
  detached: outcome({ result: 'device.detached', value: 'device.detached', covers: ['device.detached'] }),
  denied: outcome({ covers: ['device.permission'] }, DENIED),
  unmapped: outcome(
    { result: 'unmap.access-faults', value: 'unmap.access-faults', covers: ['unmap.access-faults'] },
    DENIED,
  ),
  lost: outcome(
    { result: 'removal.access-fails', entry: 'removal.access-fails', covers: ['removal.access-fails'] },
    DENIED,
  ),
  poison: outcome(
    { result: 'failure.poison-lasts', entry: 'failure.poison-lasts', covers: ['failure.poison-lasts'] },
    DENIED,
  ),
  /** A page on another device: whether it migrates to system memory, by which device, and the value that is read. */
  foreign: outcome({ covers: ['devices.foreign-access'] }, FOREIGN),
  /** The same where an injection may make the access fail. */
  foreignStruck: outcome({ result: 'devices.foreign-error' }, FOREIGN),
  /** The same in versions in which the access may be refused, or a load executed in place. */
  foreignEarly: outcome({
    result: 'devices.foreign-value',
    value: 'devices.foreign-value',
    faults: 'devices.foreign-value',
    frees: 'devices.foreign-value',
    entry: 'devices.foreign-value',
    covers: ['devices.foreign-value'],
  }),
  foreignMigrated: refinement({ covers: ['devices.foreign-value'] }),
  /** A fault on a page of another device that fails, in versions in which the error is that of the cause. */
  foreignFailed: refinement({ covers: ['devices.foreign-error'] }),
  ownerCalled: refinement({ covers: ['devices.owner-called'] }),
  /** A page on another device of the same owner. */
  joined: outcome({
    result: 'devices.joined-access',
    value: 'devices.joined-access',
    faults: 'devices.joined-access',
    frees: 'devices.joined-access',
    entry: 'devices.joined-access',
    sharers: 'fault.moves-all',
    covers: ['devices.joined-access'],
  }),
  /** A store to a page that is watched for stores. */
  trapped: TRAPPED,
  /** The same where the page was modified since the watch began. */
  trappedAfterChange: outcome(
    { result: 'watch.survives', value: 'watch.survives', covers: ['watch.survives'] },
    TRAPPED,
  ),
  /** Every load that is permitted. */
  loads: refinement({ covers: ['device.load-value'] }),
  loadsWatched: refinement({ covers: ['watch.passes-loads'] }),
  loaded: LOADED,
  loadedUnpopulated: outcome({ value: 'migrate.unpopulated-is-zero' }, LOADED),
  loadedShared: outcome({ value: 'fork.isolation' }, LOADED),
  loadedFolio: outcome({ value: 'folio.keeps-values' }, LOADED),
  loadedUnpopulatedFolio: outcome({ value: 'folio.unpopulated-block' }, LOADED),
  loadedHost: outcome({ value: 'types.host-value', covers: ['types.host-value'] }, LOADED),
  loadedSharedMemory: outcome(
    { value: 'types.shared-value', entry: 'types.shared-stays', covers: ['types.shared-value'] },
    LOADED,
  ),
  stored: STORED,
  storedHost: outcome(
    {
      entry: 'types.host-stays',
      faults: 'types.host-no-callbacks',
      covers: ['device.store-visible', 'types.host-value'],
    },
    STORED,
  ),
  storedSharedMemory: outcome(
    {
      entry: 'types.shared-stays',
      faults: 'types.shared-stays',
      covers: ['device.store-visible', 'types.shared-value'],
    },
    STORED,
  ),
  /** Every store that is permitted, to a page of the process. */
  stores: refinement({ covers: ['device.store-visible', 'device.store-place'] }),
  /** A store that does not change the page in place. */
  storesToNewPage: refinement({ covers: ['device.store-counts'] }),
  /** A store to a page with several entries. */
  storesToShared: refinement({ covers: ['fork.isolation'] }),
  storesToPinned: refinement({ covers: ['fork.pin-stays'] }),
  /** A store where the writer's group may not be charged for the new page. */
  storeAtLimit: refinement({ result: 'account.limit-holds', charge: 'account.limit-holds' }),
} as const satisfies AttributionTable;

const EXCHANGED = outcome({
  result: 'exclusive.exchange',
  value: 'exclusive.exchange',
  entry: 'exclusive.exchange',
  faults: 'exclusive.exchange',
});

/** Exclusive access of a device to a page of system memory. */
export const EXCLUSIVE = {
  denied: outcome({
    result: 'exclusive.permission',
    value: 'exclusive.permission',
    entry: 'exclusive.permission',
    faults: 'exclusive.permission',
    covers: ['exclusive.permission'],
  }),
  made: outcome({
    result: 'exclusive.taken',
    entry: 'exclusive.taken',
    faults: 'exclusive.taken',
    charge: 'exclusive.taken',
  }),
  /** A page on a device, which migrates to system memory first. */
  madeAfterFault: outcome({
    result: 'exclusive.returns-first',
    entry: 'exclusive.returns-first',
    faults: 'exclusive.returns-first',
    sharers: 'fault.moves-all',
  }),
  /** The same after any number of calls of page_fault. */
  afterFault: refinement({ covers: ['exclusive.returns-first'] }),
  /** The device has exclusive access. */
  granted: refinement({ covers: ['exclusive.taken'] }),
  exchanged: outcome({ covers: ['exclusive.exchange'] }, EXCHANGED),
  /** An exchange where the device had exclusive access, which a CPU access may have revoked. */
  exchangedAfterAccess: outcome({ result: 'exclusive.revoked', covers: ['exclusive.exchange'] }, EXCHANGED),
  /** An exchange on a page that is watched for stores. */
  exchangeTrapped: outcome({ result: 'watch.traps-store', value: 'watch.traps-store' }, EXCHANGED),
} as const satisfies AttributionTable;
