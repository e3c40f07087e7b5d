import { NO_GROUP, type Page } from '../kernel/page.ts';
import type { DevPagemap } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';

export const freedFrameStaysCharged: Mutant = {
  id: 'freed-frame-stays-charged',
  title: 'A frame keeps its charge when it is freed.',
  source: 'class (f)',
  primary: 'account.charge',
  earlier: ['failure.oom-keeps', 'unmap.reads-zero'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override freeDevicePage(page: Page, pagemap: DevPagemap<Page>): void {
          const { group } = page;
          super.freeDevicePage(page, pagemap);
          if (group !== NO_GROUP) this.charge(page, group);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), unmap(0, 0)],
};
