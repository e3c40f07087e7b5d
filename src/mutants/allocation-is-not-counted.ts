import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { detach, inject, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * The pagemap's reference was taken for each page once, when it was made, and no longer at each allocation.
 * Unplugging waited for nothing.
 */
export const allocationIsNotCounted: Mutant = {
  id: 'allocation-is-not-counted',
  title: 'The frames that are handed out are not counted, so that the device can go while pages live on it.',
  source: 'C-20',
  primary: 'migrate.detach',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override takeFrame(): Page | undefined {
          const page = super.takeFrame();
          if (page !== undefined) this.pagemap.ref--;
          return page;
        }

        protected override pageFree(page: Page): void {
          super.pageFree(page);
          this.pagemap.ref++;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), detach],
};
