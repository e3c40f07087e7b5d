import { isMigration, writable } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, inject, map, toDevice, toSystem } from '../../spec/vocabulary/shorthand.ts';

/**
 * The hardware's write bit was read of an entry that is not present, where it means something else. A page
 * that two processes share became writable to both.
 */
export const sharedEntryComesBackWritable: Mutant = {
  id: 'shared-entry-comes-back-writable',
  title: 'Migration reads the wrong bit of a device entry and takes every one for writable.',
  source: 'C-01',
  primary: 'protect.never-upgrades',
  earlier: [
    'account.charge',
    'count.free-once',
    'device.store-place',
    'failure.poison-releases',
    'fault.brings-back',
    'fault.no-needless-call',
    'fork.isolation',
    'fork.pin-stays',
    'migrate.write-sole',
    'query.sole-mapper',
    'robust.at-rest',
    'unmap.releases',
    'watch.survives',
    'watch.traps-store',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override unmapForMigration(page: Page): void {
          const isOnDevice = page.pagemap !== undefined;
          super.unmapForMigration(page);
          if (!isOnDevice) return;
          for (const process of this.processes) {
            const index = this.placeOf(process, page);
            const entry = process.entry(index);
            if (isMigration(entry)) process.entries[index] = writable(entry);
          }
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1), inject('sigbus'), toSystem(0, 0)],
};
