import { POISON_ENTRY } from '../kernel/entry.ts';
import type { Mutant } from './mutant.ts';
import { inject, load, map, residency, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const poisonIsNotInCore: Mutant = {
  id: 'poison-is-not-in-core',
  title: 'A page that was lost is told as not resident.',
  source: 'class (q)',
  primary: 'query.residency',
  earlier: [],
  profiles: ['origin'],
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isResident(entry: number): boolean {
          return entry !== POISON_ENTRY && super.isResident(entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0), residency(0, 0)],
};
