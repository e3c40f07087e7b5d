import { writable } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const migrationGrantsWrite: Mutant = {
  id: 'migration-grants-write',
  title: 'Every entry of a page that moves to the device is WRITE if its mapping is writable, shared or not.',
  source: 'class (a)',
  primary: 'migrate.write-sole',
  earlier: [
    'account.charge',
    'account.limit-holds',
    'device.store-place',
    'failure.poison-releases',
    'fault.no-needless-call',
    'fork.isolation',
    'migrate.must-skip',
    'protect.never-upgrades',
    'query.sole-mapper',
    'robust.at-rest',
    'unmap.releases',
    'watch.survives',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override replaceMigrationEntry(
          process: Process,
          index: number,
          entry: number,
          page: Page,
        ): void {
          const granted = page.pagemap === undefined ? entry : writable(entry);
          super.replaceMigrationEntry(process, index, granted, page);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), toDevice(0, 0)],
};
