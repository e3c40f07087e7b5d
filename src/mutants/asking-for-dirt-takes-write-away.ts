import type { Report } from '../../spec/vocabulary/result.ts';
import { isDevice, readOnly } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, softDirty, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** Clearing may do so, for whoever is to notice the next store; asking has no such reason. */
export const askingForDirtTakesWriteAway: Mutant = {
  id: 'asking-for-dirt-takes-write-away',
  title: 'Asking whether a page is dirty write-protects its device entry, which is READ for good.',
  source: 'class (a)',
  primary: 'track.quiet',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override softDirty(process: Process, index: number): Report {
          const entry = process.entry(index);
          if (isDevice(entry)) process.entries[index] = readOnly(entry);
          return super.softDirty(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), softDirty(0, 0)],
};
