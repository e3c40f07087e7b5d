import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { advise, fork, map, store } from '../../spec/vocabulary/shorthand.ts';

export const sharedPageIsGivenAway: Mutant = {
  id: 'shared-page-is-given-away',
  title: 'When one of several processes that share a page gives it away, it is gone for all of them.',
  source: 'own',
  primary: 'advise.keeps-content',
  earlier: ['fork.isolation', 'robust.at-rest'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override adviseFree(page: Page): void {
          page.lazyFree = true;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), advise(0, 0, 'free'), advise(1, 0, 'page-out')],
};
