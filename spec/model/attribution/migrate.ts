import { type AttributionTable, outcome, pageRefinement, refinement } from './attribution.ts';
import { FOLIO } from './folio.ts';

const TO_DEVICE = outcome({
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
  toDevice: outcome({ covers: ['migrate.result-per-page', 'migrate.no-callbacks'] }, TO_DEVICE),
  toDeviceFailed: outcome({ frees: 'migrate.failure-restores' }, TO_DEVICE),
  /** An unpopulated page that is watched for missing pages. */
  toDeviceWatched: outcome({ frees: 'watch.missing-stays' }, TO_DEVICE),
  toDeviceAtLimit: outcome({ frees: 'account.limit-holds', charge: 'account.limit-holds' }, TO_DEVICE),
  /** From one device to another of the same owner. */
  toOtherDevice: outcome(
    {
      value: 'devices.joined-migration',
      frees: 'devices.joined-migration',
      entry: 'devices.joined-migration',
    },
    TO_DEVICE,
  ),
  toSystem: outcome({
    result: 'migrate.result-per-page',
    value: 'migrate.result-per-page',
    faults: 'migrate.no-callbacks',
    frees: 'migrate.frees-source',
    entry: 'migrate.result-per-page',
    sharers: 'migrate.moves-all',
    folio: 'folio.base-on-request',
    covers: ['migrate.result-per-page', 'migrate.no-callbacks'],
  }),
  splitRefused: outcome({ faults: 'migrate.no-callbacks' }, FOLIO.splitRefused),
  /** A range of which some pages move and others do not. */
  movedInPart: refinement({ covers: ['migrate.independent'] }),
  /** A page of a large folio that is migrated by itself. */
  pageOfFolio: refinement({ covers: ['folio.base-on-request'] }),
  skipped: refinement({ covers: ['migrate.skip-restores'] }),
  movedToDevice: refinement({ covers: ['migrate.write-sole', 'migrate.progress'] }),
  movedUnpopulated: refinement({ covers: ['migrate.unpopulated-is-zero'] }),
  /** A page whose entry stays WRITE. */
  keptWrite: refinement({ covers: ['migrate.keeps-write'] }),
  /** A page with several entries. */
  movedShared: refinement({ covers: ['migrate.moves-all'] }),
  /** A page that leaves a frame in an eviction, in a detach, or for another device. */
  leftFrame: refinement({ covers: ['migrate.frees-source'] }),
  movedToSystem: refinement({
    covers: ['migrate.progress', 'migrate.frees-source', 'count.free-once', 'count.free-unmapped'],
  }),
  movedWhileClosed: refinement({ covers: ['device.close-keeps'] }),
} as const satisfies AttributionTable;

/** The pages of a range that is migrated on request, by the cause of their result. */
export const MIGRATE_PAGE = {
  moved: pageRefinement('migrate.result-per-page'),
  /** From one device to another of the same owner, or skipped by such a migration. */
  joined: pageRefinement('devices.joined-migration'),
  /** With all pages of its block, or skipped with them. */
  withBlock: pageRefinement('folio.whole-or-none'),
  /** Skipped although nothing prevents the migration. */
  noProgress: pageRefinement('migrate.progress'),
  failed: pageRefinement('migrate.failure-restores'),
  splitRefused: pageRefinement('folio.split-refused'),
  /** Unmapped, unpopulated, already there, or without a free frame. */
  mustSkip: pageRefinement('migrate.must-skip'),
  host: pageRefinement('types.host-stays'),
  sharedMemory: pageRefinement('types.shared-stays'),
  file: pageRefinement('types.file-stays'),
  poison: pageRefinement('failure.poison-inert'),
  lost: pageRefinement('removal.inert'),
  pinned: pageRefinement('pin.blocks-migration'),
  pinnedBlock: pageRefinement('folio.pin-blocks'),
  /** Possibly pinned: the pin was on the page before it was copied. */
  maybePinned: pageRefinement('fork.pin-stays', 'pin.blocks-migration'),
  watchedMissing: pageRefinement('watch.missing-stays'),
  atLimit: pageRefinement('account.limit-holds'),
  deviceDetached: pageRefinement('device.detached'),
  deviceClosed: pageRefinement('device.closed'),
  ofOtherDevice: pageRefinement('devices.foreign-skipped'),
} as const satisfies AttributionTable;

const BLOCK_MOVED = outcome({
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
  movedToDevice: outcome({ covers: ['folio.keeps-values'] }, BLOCK_MOVED),
  movedToSystem: outcome({ covers: ['migrate.frees-source'] }, BLOCK_MOVED),
  movedUnpopulated: outcome(
    {
      value: 'folio.unpopulated-block',
      entry: 'folio.unpopulated-block',
      charge: 'folio.unpopulated-block',
      covers: ['folio.unpopulated-block'],
    },
    BLOCK_MOVED,
  ),
  failed: outcome(
    {
      frees: 'folio.failure-restores',
      entry: 'folio.failure-restores',
      sharers: 'folio.failure-restores',
      covers: ['folio.failure-restores'],
    },
    BLOCK_MOVED,
  ),
  pinned: outcome(
    {
      result: 'folio.pin-blocks',
      entry: 'folio.pin-blocks',
      sharers: 'folio.pin-blocks',
      covers: ['folio.pin-blocks'],
    },
    BLOCK_MOVED,
  ),
  /** A block that migrates to a device whole. */
  wholeOnDevice: refinement({ covers: ['folio.on-a-block'] }),
} as const satisfies AttributionTable;
