import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const oneSharerComesBack: Mutant = {
  id: 'one-sharer-comes-back',
  title:
    'When a page comes back, the first entry that reverse mapping finds is changed and the others are forgotten.',
  source: 'class (b)',
  primary: 'fault.moves-all',
  earlier: [
    'device.store-lands',
    'device.store-place',
    'exclusive.returns-first',
    'failure.nothing-lost',
    'failure.poison-releases',
    'fault.brings-back',
    'fault.extras-optional',
    'fork.isolation',
    'kernel.access-returns',
    'migrate.detach',
    'migrate.evict-all',
    'migrate.failure-restores',
    'migrate.independent',
    'migrate.moves-all',
    'migrate.must-skip',
    'migrate.skip-restores',
    'migrate.vector',
    'pin.brings-back',
    'populate.brings-back',
    'robust.at-rest',
    'unmap.releases',
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
          if (page.pagemap === undefined && page.maps > 0) return;
          super.replaceMigrationEntry(process, index, entry, page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1), load(0, 0)],
};
