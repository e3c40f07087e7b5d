import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Page } from '../kernel/page.ts';
import type { Mutant } from './mutant.ts';
import { charge, join, map, store } from '../../spec/vocabulary/shorthand.ts';

/** What versions before did is wrong in later ones. */
export const joinMovesCharges: Mutant = {
  id: 'join-moves-charges',
  title: 'Charges follow a process to another group.',
  source: 'own',
  primary: 'account.join-leaves',
  earlier: ['account.group', 'account.limit-holds'],
  profiles: profilesFrom('linux-6.19'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override followsOwner(page: Page): boolean {
          return page.maps === 1;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), join(0, 1), charge(1)],
};
