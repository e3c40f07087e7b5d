import { attribution, type AttributionTable } from './attribution.ts';

const QUERIED = attribution({
  result: 'query.no-callbacks',
  value: 'query.no-callbacks',
  faults: 'query.no-callbacks',
  frees: 'query.no-callbacks',
  entry: 'query.no-callbacks',
  sharers: 'query.no-callbacks',
  writable: 'query.no-callbacks',
  references: 'query.no-callbacks',
  mappings: 'query.no-callbacks',
});
const PAGE_MAP = attribution({ result: 'query.page-map', value: 'query.page-map' }, QUERIED);

/** Queries of the entries of a process. */
export const QUERY = {
  pageMap: PAGE_MAP,
  /** A page map that shows whether the process is the only one that maps the page. */
  soleMapper: attribution({ result: 'query.sole-mapper' }, PAGE_MAP),
  residency: attribution({ result: 'query.residency', value: 'query.residency' }, QUERIED),
  smaps: attribution({ result: 'query.smaps', value: 'query.smaps' }, QUERIED),
} as const satisfies AttributionTable;

const CLEARED = attribution({
  result: 'track.no-callbacks',
  value: 'track.no-callbacks',
  faults: 'track.no-callbacks',
  frees: 'track.no-callbacks',
  entry: 'track.no-callbacks',
  sharers: 'track.no-callbacks',
  writable: 'track.no-callbacks',
  references: 'track.no-callbacks',
  mappings: 'track.no-callbacks',
});

/** Soft-dirty bits and userfaultfd. */
export const TRACKING = {
  cleared: CLEARED,
  clean: attribution({ result: 'track.clear' }, CLEARED),
  dirty: attribution({ result: 'track.store' }, CLEARED),
  /** A page whose bit has to survive a migration. */
  migrated: attribution({ result: 'track.survives' }, CLEARED),
  watched: attribution({ result: 'watch.traps-missing', writable: 'watch.traps-store' }),
} as const satisfies AttributionTable;

const CHARGE = attribution({ result: 'account.group', value: 'account.group' });

/** Queries and limits of groups and swap areas. */
export const ACCOUNTING = {
  charge: CHARGE,
  /** After a join to which the charges follow. */
  chargeMoved: attribution({ value: 'account.join-moves' }, CHARGE),
  /** After a join to which no charge follows. */
  chargeLeft: attribution({ value: 'account.join-leaves' }, CHARGE),
  swapOn: attribution({ result: 'types.swap-limit', value: 'types.swap-limit' }),
} as const satisfies AttributionTable;
