import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const failureEndsTheRange: Mutant = {
  id: 'failure-ends-the-range',
  title:
    'The end of a migration stops at the first page that failed: the pages after it keep their migration entries.',
  source: 'class (h)',
  primary: 'migrate.independent',
  earlier: [
    'account.charge',
    'count.free-once',
    'count.free-unmapped',
    'count.references',
    'device.store-lands',
    'failure.nothing-lost',
    'failure.oom',
    'failure.oom-keeps',
    'fault.brings-back',
    'fault.extras-optional',
    'fork.isolation',
    'migrate.detach',
    'migrate.failure-restores',
    'migrate.frees-source',
    'migrate.moves-all',
    'migrate.skip-restores',
    'pin.brings-back',
    'race.entries',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override migrateFinalize(batch: MigrateBatch): void {
          const { count } = batch;
          for (let i = 0; i < count; i++) {
            if (batch.source(i) === 0 || batch.isMigrating(i)) continue;
            batch.count = i + 1;
            break;
          }
          super.migrateFinalize(batch);
          batch.count = count;
        }
      },
  },
  directed: [
    map(0, 0),
    map(0, 1),
    store(0, 0, 1),
    store(0, 1, 2),
    inject('no-copy', 1, { process: 0, page: 0 }),
    toDevice(0, 0, 2),
  ],
};
