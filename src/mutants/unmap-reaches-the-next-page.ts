import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, store, unmap } from '../../spec/vocabulary/shorthand.ts';

export const unmapReachesTheNextPage: Mutant = {
  id: 'unmap-reaches-the-next-page',
  title: 'Unmap empties one page too many.',
  source: 'own',
  primary: 'robust.at-rest',
  earlier: [
    'device.load-value',
    'devices.foreign-value',
    'failure.poison-inert',
    'failure.poison-lasts',
    'fault.calls-once',
    'fork.isolation',
    'migrate.failure-restores',
    'migrate.must-skip',
    'migrate.transparent',
    'move.entry',
    'move.quiet',
    'move.value',
    'pin.sees-stores',
    'pin.stays-put',
    'race.books',
    'race.entries',
    'types.host-value',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override unmap(process: Process, index: number): void {
          super.unmap(process, index);
          if (index + 1 < this.scope.pages) this.zapEntry(process, index + 1);
        }
      },
  },
  directed: [map(0, 0), map(0, 1), store(0, 1, 1), unmap(0, 0)],
};
