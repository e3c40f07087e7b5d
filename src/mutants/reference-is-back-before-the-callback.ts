import type { Page } from '../kernel/page.ts';
import type { DevPagemap } from '../kernel/pagemap.ts';
import type { Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const referenceIsBackBeforeTheCallback: Mutant = {
  id: 'reference-is-back-before-the-callback',
  title: 'A frame gets its idle reference back before page_free is called, not after.',
  source: 'class (e)',
  primary: 'count.free-unmapped',
  earlier: [],
  profiles: ['linux-5.18'],
  plant: {
    kernel: (base) =>
      class extends base {
        protected override callPageFree(page: Page, pagemap: DevPagemap<Page>): void {
          page.refs = this.profile.idleCount;
          super.callPageFree(page, pagemap);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), load(0, 0)],
};
