import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { load, map, race, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';

export const unmapDropsWhatItHadRead: Mutant = {
  id: 'unmap-drops-what-it-had-read',
  title:
    'An unmap lets go of the page that it found, though that has moved meanwhile: the frame is put twice, the page never.',
  source: 'class (d)',
  primary: 'race.books',
  earlier: [
    'account.rss',
    'count.idle',
    'fault.brings-back',
    'race.entries',
    'robust.answers',
    'robust.survives',
  ],
  profiles: profilesFrom('linux-6.1'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override entryAfterRival(process: Process, index: number): number {
          const entry = process.entry(index);
          super.entryAfterRival(process, index);
          return entry;
        }

        protected override isOpenTo(): boolean {
          return false;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), race(unmap(0, 0), load(0, 0))],
};
