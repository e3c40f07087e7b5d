import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** There the references were of those who waited for a migration to end, and made the next one fail. */
export const sharersLookLikePins: Mutant = {
  id: 'sharers-look-like-pins',
  title: "The references of a page's sharers are taken for pins, and the page is not migrated.",
  source: 'C-28',
  primary: 'migrate.progress',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override mayMove(page: Page): boolean {
          return page.refs === 1;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), toDevice(0, 0)],
};
