import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isDevice, watched } from '../kernel/entry.ts';
import type { Mutant } from './mutant.ts';
import { map, toDevice, watch } from '../../spec/vocabulary/shorthand.ts';

export const watchLeavesWrite: Mutant = {
  id: 'watch-leaves-write',
  title: 'A device entry that is watched for stores is WRITE as before.',
  source: 'class (a)',
  primary: 'watch.traps-store',
  earlier: ['protect.never-upgrades'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override watchedEntry(entry: number): number {
          return isDevice(entry) ? watched(entry) : super.watchedEntry(entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), watch(0, 0, 'write-protect')],
};
