import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isDevice, readOnly } from '../kernel/entry.ts';
import type { Mutant } from './mutant.ts';
import { fork, map, store, watch } from '../../spec/vocabulary/shorthand.ts';

export const forkHandsTheWatchOn: Mutant = {
  id: 'fork-hands-the-watch-on',
  title: 'The entry that the child of a fork gets is watched like that of its parent.',
  source: 'class (b)',
  primary: 'watch.own',
  earlier: [
    'device.store-lands',
    'exclusive.returns-first',
    'exclusive.taken',
    'fault.brings-back',
    'pin.brings-back',
    'populate.brings-back',
  ],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override childEntry(entry: number): number {
          return isDevice(entry) ? this.downgradedEntry(entry) : readOnly(entry);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), watch(0, 0, 'write-protect'), fork(0, 1), store(1, 0, 2)],
};
