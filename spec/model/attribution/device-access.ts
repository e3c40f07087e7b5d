import { type Attribution, attribution, type AttributionTable } from './attribution.ts';

const DENIED = attribution({
  result: 'device.permission',
  value: 'device.permission',
  faults: 'device.permission',
});
const FOREIGN = attribution({
  result: 'devices.foreign-access',
  value: 'devices.foreign-access',
  faults: 'devices.foreign-access',
  frees: 'devices.foreign-access',
  entry: 'devices.foreign-access',
  sharers: 'fault.moves-all',
});
const TRAPPED = attribution({
  result: 'watch.traps-store',
  value: 'watch.traps-store',
  faults: 'watch.traps-store',
  entry: 'watch.traps-store',
  charge: 'watch.traps-store',
});
const LOADED = attribution({
  result: 'device.permission',
  value: 'device.load-value',
  faults: 'device.load-no-callbacks',
  frees: 'device.load-no-callbacks',
  entry: 'device.load-no-callbacks',
  sharers: 'device.load-no-callbacks',
  writable: 'device.load-no-callbacks',
  references: 'device.load-no-callbacks',
  mappings: 'device.load-no-callbacks',
});
const STORED = attribution({
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
  closed: attribution({ result: 'device.closed', value: 'device.closed' }),
  detached: attribution({ result: 'device.detached', value: 'device.detached' }),
  denied: DENIED,
  unmapped: attribution({ result: 'unmap.access-faults', value: 'unmap.access-faults' }, DENIED),
  lost: attribution({ result: 'removal.access-fails', entry: 'removal.access-fails' }, DENIED),
  poison: attribution({ result: 'failure.poison-lasts', entry: 'failure.poison-lasts' }, DENIED),
  /** A page on another device: whether it migrates to system memory, by which device, and the value that is read. */
  foreign: FOREIGN,
  /** The same where an injection may make the access fail. */
  foreignStruck: attribution({ result: 'devices.foreign-error' }, FOREIGN),
  /** The same in versions in which the access may be refused, or a load executed in place. */
  foreignEarly: attribution({
    result: 'devices.foreign-value',
    value: 'devices.foreign-value',
    faults: 'devices.foreign-value',
    frees: 'devices.foreign-value',
    entry: 'devices.foreign-value',
  }),
  /** A page on another device of the same owner. */
  joined: attribution({
    result: 'devices.joined-access',
    value: 'devices.joined-access',
    faults: 'devices.joined-access',
    frees: 'devices.joined-access',
    entry: 'devices.joined-access',
    sharers: 'fault.moves-all',
  }),
  /** A store to a page that is watched for stores. */
  trapped: TRAPPED,
  /** The same where the page was modified since the watch began. */
  trappedAfterChange: attribution({ result: 'watch.survives', value: 'watch.survives' }, TRAPPED),
  loaded: LOADED,
  loadedUnpopulated: attribution({ value: 'migrate.unpopulated-is-zero' }, LOADED),
  loadedShared: attribution({ value: 'fork.isolation' }, LOADED),
  loadedFolio: attribution({ value: 'folio.keeps-values' }, LOADED),
  loadedUnpopulatedFolio: attribution({ value: 'folio.unpopulated-block' }, LOADED),
  loadedHost: attribution({ value: 'types.host-value' }, LOADED),
  loadedSharedMemory: attribution({ value: 'types.shared-value', entry: 'types.shared-stays' }, LOADED),
  stored: STORED,
  storedHost: attribution({ entry: 'types.host-stays', faults: 'types.host-no-callbacks' }, STORED),
  storedSharedMemory: attribution({ entry: 'types.shared-stays', faults: 'types.shared-stays' }, STORED),
} as const satisfies AttributionTable;

/** The same store where the writer's group may not be charged for the new page. */
export const deviceStoreAtLimit = (store: Attribution): Attribution =>
  attribution({ result: 'account.limit-holds', charge: 'account.limit-holds' }, store);

const EXCHANGED = attribution({
  result: 'exclusive.exchange',
  value: 'exclusive.exchange',
  entry: 'exclusive.exchange',
  faults: 'exclusive.exchange',
});

/** Exclusive access of a device to a page of system memory. */
export const EXCLUSIVE = {
  denied: attribution({
    result: 'exclusive.permission',
    value: 'exclusive.permission',
    entry: 'exclusive.permission',
    faults: 'exclusive.permission',
  }),
  made: attribution({
    result: 'exclusive.taken',
    entry: 'exclusive.taken',
    faults: 'exclusive.taken',
    charge: 'exclusive.taken',
  }),
  /** A page on a device, which migrates to system memory first. */
  madeAfterFault: attribution({
    result: 'exclusive.returns-first',
    entry: 'exclusive.returns-first',
    faults: 'exclusive.returns-first',
    sharers: 'fault.moves-all',
  }),
  exchanged: EXCHANGED,
  /** An exchange where the device had exclusive access, which a CPU access may have revoked. */
  exchangedAfterAccess: attribution({ result: 'exclusive.revoked' }, EXCHANGED),
  /** An exchange on a page that is watched for stores. */
  exchangeTrapped: attribution({ result: 'watch.traps-store', value: 'watch.traps-store' }, EXCHANGED),
} as const satisfies AttributionTable;
