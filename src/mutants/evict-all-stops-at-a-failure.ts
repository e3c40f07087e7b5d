import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { evictAll, inject, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const evictAllStopsAtAFailure: Mutant = {
  id: 'evict-all-stops-at-a-failure',
  title: 'Evict-all goes no further than the first page that cannot come.',
  source: 'class (h)',
  primary: 'migrate.evict-all',
  earlier: ['fault.brings-back', 'migrate.detach', 'migrate.progress'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override evictEverything(): number {
          let evicted = 0;
          for (const page of this.frames) {
            if (!this.isInUse(page)) continue;
            if (!this.evictPage(page)) break;
            evicted++;
          }
          return evicted;
        }
      },
  },
  directed: [map(0, 0), map(0, 1), toDevice(0, 0, 2), inject('sigbus', 1, { process: 0, page: 0 }), evictAll],
};
