import type { Page } from '../kernel/page.ts';
import type { DevPagemap } from '../kernel/pagemap.ts';
import type { Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const freedFrameCountsZero: Mutant = {
  id: 'freed-frame-counts-zero',
  title: 'A frame that was freed does not get the reference back that it lies idle with.',
  source: 'C-20',
  primary: 'count.references',
  earlier: ['count.free-unmapped', 'count.idle', 'unmap.releases'],
  profiles: ['linux-5.18'],
  plant: {
    kernel: (base) =>
      class extends base {
        protected override freeDevicePage(page: Page, pagemap: DevPagemap<Page>): void {
          super.freeDevicePage(page, pagemap);
          page.refs = this.freeCount;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), load(0, 0)],
};
