import { attribution, type AttributionTable } from './attribution.ts';
import { FOLIO } from './folio.ts';

const TO_DEVICE = attribution({
  result: 'migrate.result-per-page',
  value: 'migrate.result-per-page',
  faults: 'migrate.no-callbacks',
  frees: 'migrate.frees-source',
  entry: 'migrate.result-per-page',
  sharers: 'migrate.moves-all',
  writable: 'migrate.write-sole',
  folio: 'folio.base-on-request',
});

/** Migrations of single pages on request. */
export const MIGRATE = {
  toDevice: TO_DEVICE,
  toDeviceFailed: attribution({ frees: 'migrate.failure-restores' }, TO_DEVICE),
  /** An unpopulated page that is watched for missing pages. */
  toDeviceWatched: attribution({ frees: 'watch.missing-stays' }, TO_DEVICE),
  toDeviceAtLimit: attribution({ frees: 'account.limit-holds', charge: 'account.limit-holds' }, TO_DEVICE),
  /** From one device to another of the same owner. */
  toOtherDevice: attribution(
    {
      value: 'devices.joined-migration',
      frees: 'devices.joined-migration',
      entry: 'devices.joined-migration',
    },
    TO_DEVICE,
  ),
  toSystem: attribution({
    result: 'migrate.result-per-page',
    value: 'migrate.result-per-page',
    faults: 'migrate.no-callbacks',
    frees: 'migrate.frees-source',
    entry: 'migrate.result-per-page',
    sharers: 'migrate.moves-all',
    folio: 'folio.base-on-request',
  }),
  splitRefused: attribution({ faults: 'migrate.no-callbacks' }, FOLIO.splitRefused),
} as const satisfies AttributionTable;

const BLOCK_MOVED = attribution({
  result: 'folio.whole-or-none',
  value: 'folio.keeps-values',
  faults: 'migrate.no-callbacks',
  frees: 'folio.free-once',
  entry: 'folio.whole-or-none',
  sharers: 'folio.whole-or-none',
  folio: 'folio.whole-or-none',
  writable: 'migrate.write-sole',
});

/** Migrations of whole blocks on request. */
export const MIGRATE_BLOCK = {
  moved: BLOCK_MOVED,
  movedUnpopulated: attribution(
    { value: 'folio.unpopulated-block', entry: 'folio.unpopulated-block', charge: 'folio.unpopulated-block' },
    BLOCK_MOVED,
  ),
  failed: attribution(
    { frees: 'folio.failure-restores', entry: 'folio.failure-restores', sharers: 'folio.failure-restores' },
    BLOCK_MOVED,
  ),
  pinned: attribution(
    { result: 'folio.pin-blocks', entry: 'folio.pin-blocks', sharers: 'folio.pin-blocks' },
    BLOCK_MOVED,
  ),
} as const satisfies AttributionTable;
