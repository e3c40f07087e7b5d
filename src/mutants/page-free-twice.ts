import type { Page } from '../kernel/page.ts';
import type { DevPagemap } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** The driver then has the frame twice among its free ones, and hands it to two owners. */
export const pageFreeTwice: Mutant = {
  id: 'page-free-twice',
  title: 'page_free is called twice for every frame that is freed.',
  source: 'class (e)',
  primary: 'count.free-once',
  earlier: [
    'device.store-place',
    'devices.foreign-access',
    'failure.poison-releases',
    'fault.calls-once',
    'migrate.detach',
    'migrate.evict-all',
    'migrate.frees-source',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override callPageFree(page: Page, pagemap: DevPagemap<Page>): void {
          super.callPageFree(page, pagemap);
          super.callPageFree(page, pagemap);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), load(0, 0)],
};
