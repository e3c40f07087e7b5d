import { profilesBefore } from '../../spec/profiles/profile.ts';
import type { Page } from '../kernel/page.ts';
import type { Mutant } from './mutant.ts';
import { charge, join, map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const migrationChargesTheFirstGroup: Mutant = {
  id: 'migration-charges-the-first-group',
  title: 'A page that moves is charged to the first group from then on.',
  source: 'class (n)',
  primary: 'account.group',
  earlier: [],
  profiles: profilesBefore('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override moveCharge(from: Page, to: Page): void {
          this.uncharge(from);
          this.charge(to, 0);
        }
      },
  },
  directed: [join(0, 1), map(0, 0), store(0, 0, 1), toDevice(0, 0), charge(1)],
};
