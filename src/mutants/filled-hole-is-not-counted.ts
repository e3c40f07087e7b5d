import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const filledHoleIsNotCounted: Mutant = {
  id: 'filled-hole-is-not-counted',
  title: 'The entry of a hole that moved to the device is missing in the map count of its frame.',
  source: 'class (d)',
  primary: 'count.mappings',
  earlier: ['count.free-unmapped', 'migrate.evict-all', 'query.sole-mapper'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override insertPage(batch: MigrateBatch, i: number, page: Page): void {
          super.insertPage(batch, i, page);
          if (batch.isMigrating(i)) this.removeMap(page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0)],
};
