import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const oneSharerMoves: Mutant = {
  id: 'one-sharer-moves',
  title:
    'When a page moves to the device, the first entry that reverse mapping finds is changed and the others are forgotten.',
  source: 'class (b)',
  primary: 'migrate.moves-all',
  earlier: [
    'device.permission',
    'device.store-lands',
    'device.store-place',
    'failure.nothing-lost',
    'failure.oom',
    'failure.oom-keeps',
    'failure.poison-releases',
    'fault.brings-back',
    'fault.calls-once',
    'fault.extras-optional',
    'fork.isolation',
    'kernel.access-returns',
    'migrate.detach',
    'migrate.evict-all',
    'migrate.failure-restores',
    'migrate.independent',
    'migrate.must-skip',
    'migrate.vector',
    'pin.brings-back',
    'pin.failure',
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
          if (page.pagemap !== undefined && page.maps > 0) return;
          super.replaceMigrationEntry(process, index, entry, page);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), toDevice(0, 0)],
};
