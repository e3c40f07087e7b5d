import type { Page } from '../kernel/page.ts';
import type { Mutant } from './mutant.ts';
import { charge, join, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** Device entries were handled in two places, and came to one of them only. */
export const joinLeavesDevicePages: Mutant = {
  id: 'join-leaves-device-pages',
  title: 'The charge of a page on the device stays where it is, when its process joins another group.',
  source: 'own',
  primary: 'account.join-moves',
  earlier: ['account.group'],
  profiles: ['linux-5.18', 'linux-6.1', 'linux-6.12'],
  plant: {
    kernel: (base) =>
      class extends base {
        protected override followsOwner(page: Page): boolean {
          return page.pagemap === undefined && super.followsOwner(page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), join(0, 1), charge(1)],
};
