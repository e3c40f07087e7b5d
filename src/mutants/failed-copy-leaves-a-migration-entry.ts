import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const failedCopyLeavesAMigrationEntry: Mutant = {
  id: 'failed-copy-leaves-a-migration-entry',
  title: 'When the copy to the device failed, the migration entries stay and the page is dropped.',
  source: 'class (h)',
  primary: 'migrate.failure-restores',
  earlier: [
    'account.limit-holds',
    'device.load-value',
    'device.permission',
    'device.store-lands',
    'exclusive.taken',
    'fault.brings-back',
    'fork.isolation',
    'migrate.moves-all',
    'migrate.skip-restores',
    'populate.brings-back',
    'robust.at-rest',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override finishSkipped(old: Page): void {
          if (old.pagemap === undefined) this.putPage(old);
          else super.finishSkipped(old);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), inject('no-copy'), toDevice(0, 0)],
};
