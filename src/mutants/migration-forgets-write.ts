import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * One of the two ways to unmap a page always made a migration entry for reading. Nothing was wrong but the
 * speed.
 */
export const migrationForgetsWrite: Mutant = {
  id: 'migration-forgets-write',
  title:
    'Every entry of a page that moved to the device is READ, so that the next store by the device has to copy.',
  source: 'C-18',
  primary: 'migrate.keeps-write',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override entryFor(page: Page, write: boolean): number {
          return super.entryFor(page, write && page.pagemap === undefined);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), toDevice(0, 0)],
};
