import type { Page } from '../kernel/page.ts';
import type { DevPagemap } from '../kernel/pagemap.ts';
import { profilesBefore } from '../../spec/profiles/profile.ts';
import type { Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * Giving up the idle reference and taking it again at once looks like nothing at rest; whoever looks in
 * between takes the frame for a free system page.
 */
export const freeDipsToZero: Mutant = {
  id: 'free-dips-to-zero',
  title: 'The reference count of a frame that is freed falls to zero for a moment.',
  source: 'own',
  primary: 'count.never-zero',
  earlier: [],
  profiles: profilesBefore('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override callPageFree(page: Page, pagemap: DevPagemap<Page>): void {
          this.dropReference(page);
          this.getPage(page);
          super.callPageFree(page, pagemap);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), load(0, 0)],
};
