import { profilesBefore } from '../../spec/profiles/profile.ts';
import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { charge, join, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const holeOnTheDeviceIsChargedToTheFirstGroup: Mutant = {
  id: 'hole-on-the-device-is-charged-to-the-first-group',
  title: 'The page that a hole becomes on the device is charged to the first group.',
  source: 'class (n)',
  primary: 'account.group',
  earlier: ['account.limit-holds'],
  profiles: profilesBefore('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override chargeHole(_process: Process, page: Page): void {
          this.charge(page, 0);
        }
      },
  },
  directed: [join(0, 1), map(0, 0), toDevice(0, 0), charge(1)],
};
