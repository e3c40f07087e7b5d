import type { Mutant } from './mutant.ts';
import { fork, inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const lostPageIsNotPoisoned: Mutant = {
  id: 'lost-page-is-not-poisoned',
  title: 'A page_fault that ended in SIGBUS leaves the entry as it was.',
  source: 'own',
  primary: 'failure.poison',
  earlier: [
    'device.store-lands',
    'failure.poison-lasts',
    'failure.poison-releases',
    'fault.brings-back',
    'fault.calls-once',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: ['origin'],
  plant: {
    driver: (base) =>
      class extends base {
        protected override lose(): void {
          // Nothing.
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1), inject('sigbus'), load(0, 0)],
};
