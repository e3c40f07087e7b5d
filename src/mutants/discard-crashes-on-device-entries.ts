import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { discard, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** Freeing lazily did not ask whether the entry was present, and made a page number of its bits. */
export const discardCrashesOnDeviceEntries: Mutant = {
  id: 'discard-crashes-on-device-entries',
  title: 'A discard takes a device entry for a present page.',
  source: 'C-43',
  primary: 'robust.survives',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override discard(process: Process, index: number): Result {
          const entry = process.entry(index);
          if (isDevice(entry)) this.page(entry);
          return super.discard(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), discard(0, 0)],
};
