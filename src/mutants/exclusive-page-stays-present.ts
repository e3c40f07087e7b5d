import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Mutant } from './mutant.ts';
import { makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

export const exclusivePageStaysPresent: Mutant = {
  id: 'exclusive-page-stays-present',
  title: 'The device is promised the page, but the CPU keeps its entry.',
  source: 'class (l)',
  primary: 'exclusive.taken',
  earlier: ['exclusive.returns-first', 'robust.at-rest'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override makeExclusive(): void {
          // Nothing.
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0)],
};
