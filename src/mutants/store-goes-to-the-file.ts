import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, store } from '../../spec/vocabulary/shorthand.ts';

export const storeGoesToTheFile: Mutant = {
  id: 'store-goes-to-the-file',
  title: 'A store to a private mapping of a file goes to the file, where nobody else maps it.',
  source: 'class (c)',
  primary: 'account.rss',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isShared(page: Page): boolean {
          return page.maps > 1;
        }
      },
  },
  directed: [map(0, 0, 'write', 'file'), store(0, 0, 1)],
};
