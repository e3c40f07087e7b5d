import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Advice } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isExclusive } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { advise, makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

/** Users of reverse mapping read such entries with the accessors of present ones. */
export const pageOutTakesAnExclusivePageForAPresentOne: Mutant = {
  id: 'page-out-takes-an-exclusive-page-for-a-present-one',
  title: 'Paging out makes a page number of the bits of an exclusive entry.',
  source: 'C-39',
  primary: 'robust.survives',
  earlier: [],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override advise(process: Process, index: number, advice: Advice): Result {
          const entry = process.entry(index);
          if (advice === 'page-out' && isExclusive(entry)) this.page(entry);
          return super.advise(process, index, advice);
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), advise(0, 0, 'page-out')],
};
