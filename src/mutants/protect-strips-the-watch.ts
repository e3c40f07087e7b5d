import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isDevice, unwatched } from '../kernel/entry.ts';
import type { Mutant } from './mutant.ts';
import { map, protect, store, toDevice, watch } from '../../spec/vocabulary/shorthand.ts';

export const protectStripsTheWatch: Mutant = {
  id: 'protect-strips-the-watch',
  title: 'The READ entry that a change of protection leaves is no longer watched.',
  source: 'C-45',
  primary: 'watch.survives',
  earlier: ['watch.traps-store'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override protectedEntry(entry: number, protection: number): number {
          const made = super.protectedEntry(entry, protection);
          return isDevice(entry) ? unwatched(made) : made;
        }
      },
  },
  directed: [
    map(0, 0, 'read'),
    toDevice(0, 0),
    watch(0, 0, 'write-protect'),
    protect(0, 0, 'write'),
    store(0, 0, 1),
  ],
};
