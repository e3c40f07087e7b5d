import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice, isMigration } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, pageMap, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pageMapCrashesOnDeviceEntries: Mutant = {
  id: 'page-map-crashes-on-device-entries',
  title: 'Reading the page map gives up at an entry that is neither present nor of a migration.',
  source: 'C-41',
  primary: 'robust.survives',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override pageMap(process: Process, index: number): Result {
          const entry = process.entry(index);
          if (isDevice(entry) && !isMigration(entry)) throw new TypeError('this entry cannot be');
          return super.pageMap(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), pageMap(0, 0)],
};
