import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isPresent, isWatched, pfnOf, readOnly, watched } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { fork, map, store, watch } from '../../spec/vocabulary/shorthand.ts';

export const watchReachesOtherSharers: Mutant = {
  id: 'watch-reaches-other-sharers',
  title: 'Whoever shares a page that one process watches is trapped, too.',
  source: 'own',
  primary: 'watch.own',
  earlier: [
    'account.limit-holds',
    'device.store-lands',
    'devices.foreign-access',
    'exclusive.taken',
    'fault.brings-back',
    'kernel.access-returns',
    'race.one-order',
  ],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override watch(process: Process, index: number, how: number): void {
          super.watch(process, index, how);
          const entry = process.entry(index);
          if (!isPresent(entry) || !isWatched(entry)) return;
          for (const other of this.processes) {
            const at = this.placeOf(other, this.page(pfnOf(entry)));
            if (at >= 0) other.entries[at] = watched(readOnly(other.entry(at)));
          }
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), watch(0, 0, 'write-protect'), store(1, 0, 2)],
};
