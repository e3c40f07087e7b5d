import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import type { Page } from '../kernel/page.ts';
import { PRIVATE_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice, watch } from '../../spec/vocabulary/shorthand.ts';

export const watchedHoleKeepsAFrame: Mutant = {
  id: 'watched-hole-keeps-a-frame',
  title: 'A frame that was taken for a hole before the watch was seen is not given back.',
  source: 'MIG-8',
  primary: 'watch.missing-stays',
  earlier: ['migrate.failure-restores', 'race.books'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override holeMayMove(process: Process, index: number): boolean {
          return process.kind(index) === PRIVATE_VMA;
        }

        protected override insertPage(batch: MigrateBatch, i: number, page: Page): void {
          const { process, start } = batch;
          if (process === undefined || !this.trapsMissing(process, start + i)) {
            super.insertPage(batch, i, page);
            return;
          }
          batch.giveUp(i);
          this.uncharge(page);
          this.getPage(page);
        }
      },
  },
  directed: [map(0, 0), watch(0, 0, 'missing'), toDevice(0, 0)],
};
