import { NONE } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import { NO_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, move, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const movedPageComesBackToItsOldPlace: Mutant = {
  id: 'moved-page-comes-back-to-its-old-place',
  title: 'A page that comes back is mapped at the address at which it was first mapped.',
  source: 'own',
  primary: 'fault.extras-optional',
  earlier: [
    'account.rss',
    'fault.never-direct',
    'fork.isolation',
    'kernel.access-returns',
    'migrate.evict-all',
    'migrate.must-skip',
    'migrate.skip-restores',
    'move.value',
    'populate.brings-back',
    'race.entries',
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
          super.replaceMigrationEntry(process, index, entry, page);
          const at = page.index;
          if (at === index || process.entry(at) !== NONE || process.kind(at) !== NO_VMA) return;
          process.entries[at] = process.entry(index);
          process.entries[index] = NONE;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), move(0, 0, 1), load(0, 1)],
};
