import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isExclusive } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { makeExclusive, map, smaps } from '../../spec/vocabulary/shorthand.ts';

export const smapsTakesExclusivePagesBack: Mutant = {
  id: 'smaps-takes-exclusive-pages-back',
  title: 'Adding up the pages of a process takes back those that a device has to itself.',
  source: 'C-39',
  primary: 'query.quiet',
  earlier: [],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override smaps(process: Process): number {
          for (let index = 0; index < this.scope.pages; index++) {
            const entry = process.entry(index);
            if (isExclusive(entry)) this.restoreExclusive(process, index, entry);
          }
          return super.smaps(process);
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), smaps(0)],
};
