import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { charge, map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const devicePagesHaveAGroupOfTheirOwn: Mutant = {
  id: 'device-pages-have-a-group-of-their-own',
  title: 'What moves to the device is charged to the second group, whoever owns it.',
  source: 'class (n)',
  primary: 'account.group',
  earlier: ['account.join-leaves', 'account.join-moves', 'account.limit-holds'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override moveCharge(from: Page, to: Page): void {
          this.uncharge(from);
          this.charge(to, to.pagemap === undefined ? 0 : 1);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), toDevice(0, 0), charge(0)],
};
