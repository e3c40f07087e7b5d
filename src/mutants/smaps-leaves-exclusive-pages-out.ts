import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isExclusive } from '../kernel/entry.ts';
import type { Mutant } from './mutant.ts';
import { makeExclusive, map, smaps } from '../../spec/vocabulary/shorthand.ts';

export const smapsLeavesExclusivePagesOut: Mutant = {
  id: 'smaps-leaves-exclusive-pages-out',
  title: 'The sum of a process leaves out pages that a device has to itself.',
  source: 'C-39',
  primary: 'query.smaps',
  earlier: [],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isCounted(entry: number): boolean {
          return !isExclusive(entry) && super.isCounted(entry);
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), smaps(0)],
};
