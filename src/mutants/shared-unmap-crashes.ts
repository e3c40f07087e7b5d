import { isDevice } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** The page's part that an entry names was computed as if the entry were present. */
export const sharedUnmapCrashes: Mutant = {
  id: 'shared-unmap-crashes',
  title:
    'Unmapping a shared device page for its way back follows a pointer that was made of the wrong sort of entry.',
  source: 'C-07',
  primary: 'robust.survives',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override unmapForMigration(page: Page): void {
          for (const process of this.processes) {
            const entry = process.entry(this.placeOf(process, page));
            if (isDevice(entry) && page.maps > 1) this.page(entry);
          }
          super.unmapForMigration(page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1), load(0, 0)],
};
