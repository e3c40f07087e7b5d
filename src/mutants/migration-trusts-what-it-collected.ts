import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, race, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';

/** A hole that was collected may be something else when its page is ready, or nothing at all. */
export const migrationTrustsWhatItCollected: Mutant = {
  id: 'migration-trusts-what-it-collected',
  title: 'A migration does not look again at what it collected, and fills a hole whose mapping is gone.',
  source: 'own',
  primary: 'race.books',
  earlier: ['race.entries', 'race.one-order'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isStillThere(): boolean {
          return true;
        }
      },
  },
  directed: [map(0, 0), map(0, 1), race(toDevice(0, 0, 2), unmap(0, 0))],
};
