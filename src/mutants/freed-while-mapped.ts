import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';

export const freedWhileMapped: Mutant = {
  id: 'freed-while-mapped',
  title:
    'An entry gives up its reference before its mapping, so that page_free is called for a frame that still counts as mapped.',
  source: 'class (e)',
  primary: 'count.free-unmapped',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override dropEntryOf(page: Page): void {
          this.putPage(page);
          this.removeMap(page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), unmap(0, 0)],
};
