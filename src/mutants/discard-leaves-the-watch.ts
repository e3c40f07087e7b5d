import { profilesFrom } from '../../spec/profiles/profile.ts';
import { readOnly, watched } from '../kernel/entry.ts';
import { WATCH_STORES, type Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { discard, map, store, watch } from '../../spec/vocabulary/shorthand.ts';

export const discardLeavesTheWatch: Mutant = {
  id: 'discard-leaves-the-watch',
  title: 'What is stored where a watched page was discarded is watched.',
  source: 'class (f)',
  primary: 'watch.own',
  earlier: [
    'device.store-lands',
    'exclusive.revoked',
    'exclusive.taken',
    'fault.brings-back',
    'kernel.access-returns',
    'pin.brings-back',
  ],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override holeFault(process: Process, index: number, write: boolean): number {
          const pfn = super.holeFault(process, index, write);
          const entry = process.entry(index);
          if (pfn > 0 && process.watch(index) === WATCH_STORES)
            process.entries[index] = watched(readOnly(entry));
          return pfn;
        }
      },
  },
  directed: [
    map(0, 0),
    store(0, 0, 1),
    watch(0, 0, 'write-protect'),
    discard(0, 0),
    store(0, 0, 2),
    store(0, 0, 3),
  ],
};
