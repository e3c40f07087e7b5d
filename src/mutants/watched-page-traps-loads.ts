import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isPresent, isWatched } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { load, map, store, watch } from '../../spec/vocabulary/shorthand.ts';

export const watchedPageTrapsLoads: Mutant = {
  id: 'watched-page-traps-loads',
  title: 'A load of a page that is watched for stores is trapped.',
  source: 'class (a)',
  primary: 'watch.passes-loads',
  earlier: ['fault.brings-back'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override load(process: Process, index: number): Result {
          const entry = process.entry(index);
          const traps = isPresent(entry) && isWatched(entry) && this.permits(process, index, false);
          return traps ? 'trapped' : super.load(process, index);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), watch(0, 0, 'write-protect'), load(0, 0)],
};
