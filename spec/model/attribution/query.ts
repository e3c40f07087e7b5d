import { type AttributionTable, outcome, refinement } from './attribution.ts';

const QUERIED = outcome({
  result: 'query.no-callbacks',
  value: 'query.no-callbacks',
  faults: 'query.no-callbacks',
  frees: 'query.no-callbacks',
  entry: 'query.no-callbacks',
  sharers: 'query.no-callbacks',
  writable: 'query.no-callbacks',
  references: 'query.no-callbacks',
  mappings: 'query.no-callbacks',
  covers: ['query.no-callbacks'],
});

/** Queries of the entries of a process. */
export const QUERY = {
  pageMap: outcome(
    { result: 'query.page-map', value: 'query.page-map', covers: ['query.page-map'] },
    QUERIED,
  ),
  /** A page for which the page map has to show whether the process is the only one that maps it. */
  soleMapper: refinement({ covers: ['query.sole-mapper'] }),
  /** The same where the page map shows one of the two. */
  soleMapperShown: refinement({ result: 'query.sole-mapper' }),
  residency: outcome({ result: 'query.residency', value: 'query.residency' }, QUERIED),
  resident: refinement({ covers: ['query.residency'] }),
  smaps: outcome({ result: 'query.smaps', value: 'query.smaps', covers: ['query.smaps'] }, QUERIED),
} as const satisfies AttributionTable;

const CLEARED = outcome({
  result: 'track.no-callbacks',
  value: 'track.no-callbacks',
  faults: 'track.no-callbacks',
  frees: 'track.no-callbacks',
  entry: 'track.no-callbacks',
  sharers: 'track.no-callbacks',
  writable: 'track.no-callbacks',
  references: 'track.no-callbacks',
  mappings: 'track.no-callbacks',
  covers: ['track.no-callbacks'],
});

/** Soft-dirty bits and userfaultfd. */
export const TRACKING = {
  cleared: CLEARED,
  clean: outcome({ result: 'track.clear' }, CLEARED),
  dirty: outcome({ result: 'track.store' }, CLEARED),
  /** A page whose bit has to survive a migration. */
  migrated: outcome({ result: 'track.survives' }, CLEARED),
  /** A bit of which the rules define the value; and the same for a page whose bit has to survive a migration. */
  surelyClean: refinement({ covers: ['track.clear'] }),
  surelyDirty: refinement({ covers: ['track.store'] }),
  surelyMigrated: refinement({ covers: ['track.survives'] }),
  /** A page that was watched for stores before. */
  rewatched: refinement({ covers: ['watch.own'] }),
  watched: outcome({ result: 'watch.traps-missing', writable: 'watch.traps-store' }),
} as const satisfies AttributionTable;

/** Queries and limits of groups and swap areas. */
export const ACCOUNTING = {
  charge: outcome({ result: 'account.group', value: 'account.group', covers: ['account.group'] }),
  /** After a join to which the charges follow. */
  chargeMoved: refinement({ value: 'account.join-moves', covers: ['account.join-moves'] }),
  /** After a join to which no charge follows. */
  chargeLeft: refinement({ value: 'account.join-leaves', covers: ['account.join-leaves'] }),
  /** A charge for more pages than exist, which is no consequence of a join. */
  chargeTooHigh: refinement({ value: 'account.group' }),
  /** A new page for which the group may be charged beyond its limit. */
  maybeAtLimit: refinement({ covers: ['account.limit-holds'] }),
  swapOn: outcome({ result: 'types.swap-limit', value: 'types.swap-limit' }),
  swapLimited: refinement({ covers: ['types.swap-limit'] }),
} as const satisfies AttributionTable;
