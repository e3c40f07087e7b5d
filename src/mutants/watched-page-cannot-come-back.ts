import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isDevice, isWatched } from '../kernel/entry.ts';
import { TOUCH_TRAPPED } from '../kernel/fault.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { load, map, toDevice, watch } from '../../spec/vocabulary/shorthand.ts';

export const watchedPageCannotComeBack: Mutant = {
  id: 'watched-page-cannot-come-back',
  title: 'A load of a device page that is watched for stores is trapped, and the page never comes back.',
  source: 'class (a)',
  primary: 'watch.passes-loads',
  earlier: ['fault.brings-back'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override fault(process: Process, index: number, entry: number, write: boolean): number {
          const traps = isDevice(entry) && isWatched(entry);
          return traps ? TOUCH_TRAPPED : super.fault(process, index, entry, write);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), watch(0, 0, 'write-protect'), load(0, 0)],
};
