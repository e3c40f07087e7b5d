import { isDevice, migrationEntry } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { evict, fork, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * The walk did not compare page frame numbers, so that another process's page was replaced by the one that
 * was evicted.
 */
export const evictionMatchesAnyDeviceEntry: Mutant = {
  id: 'eviction-matches-any-device-entry',
  title: 'Reverse mapping takes any device entry at the right address for one of the page that it looks for.',
  source: 'C-42',
  primary: 'robust.at-rest',
  earlier: [
    'count.one-object',
    'device.store-lands',
    'device.store-place',
    'failure.oom',
    'failure.poison-releases',
    'fault.brings-back',
    'fault.calls-once',
    'fault.extras-optional',
    'fault.last-value',
    'fault.never-direct',
    'fork.isolation',
    'kernel.peek-stays',
    'migrate.detach',
    'migrate.evict-all',
    'migrate.frees-source',
    'migrate.hole-is-zero',
    'migrate.must-skip',
    'pin.brings-back',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override unmapForMigration(page: Page): void {
          super.unmapForMigration(page);
          if (page.pagemap === undefined) return;
          for (const process of this.processes) {
            for (let index = 0; index < this.scope.pages; index++) {
              if (process.offset(index) === page.index && isDevice(process.entry(index)))
                process.entries[index] = migrationEntry(page.pfn, false);
            }
          }
        }
      },
  },
  directed: [map(0, 0), fork(0, 1), toDevice(0, 0), toDevice(1, 0), evict(0, 0)],
};
