import { NONE } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, race, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** Whoever fills a hole looks at the entry again when it has the page ready: here the store does not. */
export const lateStoreFillsAHoleAgain: Mutant = {
  id: 'late-store-fills-a-hole-again',
  title:
    'A store that fills a hole does not see that it has been filled meanwhile, and the frame or page that was there is lost.',
  source: 'own',
  primary: 'race.entries',
  earlier: [
    'account.rss',
    'fault.never-direct',
    'migrate.must-skip',
    'race.books',
    'race.calls',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isLate(process: Process, index: number, entry: number, write: boolean): boolean {
          const isLate = super.isLate(process, index, entry, write);
          const isFilled = entry === NONE && write && process.entry(index) !== NONE;
          return isLate && !isFilled;
        }
      },
  },
  directed: [map(0, 0), race(store(0, 0, 5), toDevice(0, 0))],
};
