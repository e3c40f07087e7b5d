import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { advise, map, store } from '../../spec/vocabulary/shorthand.ts';

export const pageOutDropsPages: Mutant = {
  id: 'page-out-drops-pages',
  title: 'Paging out drops a page that nobody has given away.',
  source: 'own',
  primary: 'advise.keeps-content',
  earlier: ['account.charge', 'fault.last-value', 'fork.isolation', 'robust.at-rest'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override mayDrop(): boolean {
          return true;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), advise(0, 0, 'page-out')],
};
