import { type Attribution, attribution } from './attribution.ts';

export const TO_DEVICE = attribution({
  result: 'migrate.result-per-page',
  value: 'migrate.result-per-page',
  faults: 'migrate.no-callbacks',
  frees: 'migrate.frees-source',
  entry: 'migrate.result-per-page',
  sharers: 'migrate.moves-all',
  writable: 'migrate.write-sole',
  folio: 'folio.base-on-request',
});

export const TO_DEVICE_IN_VAIN = attribution({ frees: 'migrate.failure-restores' }, TO_DEVICE);

export const TO_DEVICE_WATCHED = attribution({ frees: 'watch.missing-stays' }, TO_DEVICE);

export const TO_DEVICE_AT_LIMIT = attribution(
  { frees: 'account.limit-holds', charge: 'account.limit-holds' },
  TO_DEVICE,
);

export const ACROSS: Attribution = {
  ...TO_DEVICE,
  value: 'devices.joined-migration',
  frees: 'devices.joined-migration',
  entry: 'devices.joined-migration',
};

export const TO_SYSTEM = attribution({
  result: 'migrate.result-per-page',
  value: 'migrate.result-per-page',
  faults: 'migrate.no-callbacks',
  frees: 'migrate.frees-source',
  entry: 'migrate.result-per-page',
  sharers: 'migrate.moves-all',
  folio: 'folio.base-on-request',
});

export const BLOCK_MOVED = attribution({
  result: 'folio.whole-or-none',
  value: 'folio.keeps-values',
  faults: 'migrate.no-callbacks',
  frees: 'folio.free-once',
  entry: 'folio.whole-or-none',
  sharers: 'folio.whole-or-none',
  folio: 'folio.whole-or-none',
  writable: 'migrate.write-sole',
});

export const BLOCK_FILLED = attribution(
  { value: 'folio.unpopulated-block', entry: 'folio.unpopulated-block', charge: 'folio.unpopulated-block' },
  BLOCK_MOVED,
);

export const BLOCK_IN_VAIN = attribution(
  { frees: 'folio.failure-restores', entry: 'folio.failure-restores', sharers: 'folio.failure-restores' },
  BLOCK_MOVED,
);

export const BLOCK_PINNED = attribution(
  { result: 'folio.pin-blocks', entry: 'folio.pin-blocks', sharers: 'folio.pin-blocks' },
  BLOCK_MOVED,
);
