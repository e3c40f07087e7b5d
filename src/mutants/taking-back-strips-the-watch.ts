import { profilesFrom } from '../../spec/profiles/profile.ts';
import { unwatched } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { makeExclusive, map, store, watch } from '../../spec/vocabulary/shorthand.ts';

export const takingBackStripsTheWatch: Mutant = {
  id: 'taking-back-strips-the-watch',
  title: 'A page that is taken back from the device that had it to itself is no longer watched.',
  source: 'C-39',
  primary: 'watch.traps-store',
  earlier: ['migrate.write-sole', 'watch.survives'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override restoreExclusive(process: Process, index: number, entry: number): void {
          super.restoreExclusive(process, index, unwatched(entry));
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), watch(0, 0, 'write-protect'), store(0, 0, 1)],
};
