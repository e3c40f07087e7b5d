import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { makeExclusive, map, unmap } from '../../spec/vocabulary/shorthand.ts';

export const unmapTakesAnExclusiveEntryForSwap: Mutant = {
  id: 'unmap-takes-an-exclusive-entry-for-swap',
  title: 'Unmapping takes an exclusive entry for one of a swapped page, and leaves its page as it was.',
  source: 'C-09',
  primary: 'account.charge',
  earlier: ['account.join-leaves', 'account.join-moves'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override zapExclusive(process: Process): void {
          this.addRss(process, -1);
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), unmap(0, 0)],
};
