import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * The migration's own reference is then the last one: letting go of it frees a frame that has just been
 * mapped.
 */
export const filledHoleTakesNoReference: Mutant = {
  id: 'filled-hole-takes-no-reference',
  title: 'The entry of a hole that moved to the device holds no reference, and the frame is freed under it.',
  source: 'class (d)',
  primary: 'count.free-unmapped',
  earlier: ['robust.answers'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override insertPage(batch: MigrateBatch, i: number, page: Page): void {
          super.insertPage(batch, i, page);
          if (batch.isMigrating(i)) this.dropReference(page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0)],
};
