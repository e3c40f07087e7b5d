import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isExclusive } from '../kernel/entry.ts';
import type { Mutant } from './mutant.ts';
import { advise, makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

export const exclusivePageIsGivenAway: Mutant = {
  id: 'exclusive-page-is-given-away',
  title: 'A page that a device has to itself is given away by advice, and dropped when memory is wanted.',
  source: 'C-39',
  primary: 'advise.keeps-content',
  earlier: ['fault.last-value', 'robust.at-rest'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isAdvisable(entry: number): boolean {
          return isExclusive(entry) || super.isAdvisable(entry);
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), advise(0, 0, 'free'), advise(0, 0, 'page-out')],
};
