import type { Result } from '../../spec/vocabulary/result.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { detach, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** The driver was unloaded with pages of processes still on the device. */
export const detachWithoutEviction: Mutant = {
  id: 'detach-without-eviction',
  title: 'The device goes without bringing its pages back.',
  source: 'C-21',
  primary: 'migrate.detach',
  earlier: ['types.hot-add'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override detach(): Result {
          if (!this.attached) return 'ENODEV';
          this.attached = false;
          return 'ok';
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), detach],
};
