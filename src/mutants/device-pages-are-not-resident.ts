import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const devicePagesAreNotResident: Mutant = {
  id: 'device-pages-are-not-resident',
  title: 'A hole that moved to the device is not counted as resident.',
  source: 'class (n)',
  primary: 'account.rss',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override insertPage(batch: MigrateBatch, i: number, page: Page): void {
          super.insertPage(batch, i, page);
          if (batch.process !== undefined && batch.isMigrating(i)) this.addRss(batch.process, -1);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0)],
};
