import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isPresent, isWatched, pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { map, pin, store, watch } from '../../spec/vocabulary/shorthand.ts';

export const pinPassesTheWatch: Mutant = {
  id: 'pin-passes-the-watch',
  title: 'A page that is watched for stores is pinned for writing.',
  source: 'own',
  primary: 'watch.traps-store',
  earlier: ['watch.survives'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override pinnable(process: Process, index: number): number {
          const entry = process.entry(index);
          const passes = isPresent(entry) && isWatched(entry) && this.permits(process, index, true);
          return passes ? pfnOf(entry) : super.pinnable(process, index);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), watch(0, 0, 'write-protect'), pin(0, 0)],
};
