import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { close, map, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';

export const pageFreeAfterCloseCrashes: Mutant = {
  id: 'page-free-after-close-crashes',
  title: 'page_free follows a pointer that was let go when the device was closed.',
  source: 'TRD-3',
  primary: 'robust.survives',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override pageFree(page: Page): void {
          if (!this.opened) throw new ReferenceError('the driver of this page is gone');
          super.pageFree(page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), close, unmap(0, 0)],
};
