import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { evictAll, inject, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const evictAllCountsWhatStayed: Mutant = {
  id: 'evict-all-counts-what-stayed',
  title: 'Evict-all counts the pages that it tried, not those that came.',
  source: 'class (g)',
  primary: 'migrate.evict-all',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override evictEverything(): number {
          const tried = this.frames.filter((page) => this.isInUse(page)).length;
          super.evictEverything();
          return tried;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), evictAll],
};
