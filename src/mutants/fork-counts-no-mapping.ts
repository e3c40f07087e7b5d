import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const forkCountsNoMapping: Mutant = {
  id: 'fork-counts-no-mapping',
  title: "The child's device entry is missing in the map count of its frame.",
  source: 'class (d)',
  primary: 'fork.counts',
  earlier: ['count.free-unmapped', 'count.mappings'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override shareWithChild(child: Process, index: number, page: Page): void {
          super.shareWithChild(child, index, page);
          if (page.pagemap !== undefined) this.removeMap(page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1)],
};
