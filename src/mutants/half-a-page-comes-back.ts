import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const halfAPageComesBack: Mutant = {
  id: 'half-a-page-comes-back',
  title: 'The driver copies the first half of a page only, when it brings it back.',
  source: 'own',
  primary: 'fault.last-value',
  earlier: [
    'device.load-value',
    'failure.oom',
    'fork.isolation',
    'fork.pin-stays',
    'kernel.access-lands',
    'kernel.access-returns',
    'migrate.hole-is-zero',
    'migrate.transparent',
    'pin.sees-stores',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override copy(from: Page, to: Page): void {
          if (to.pagemap === undefined) to.first = from.first;
          else super.copy(from, to);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), toDevice(0, 0), load(0, 0)],
};
