import type { Result } from '../../spec/vocabulary/result.ts';
import { NONE } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { deviceStore, map } from '../../spec/vocabulary/shorthand.ts';

export const deviceStoreFailsAtHoles: Mutant = {
  id: 'device-store-fails-at-holes',
  title: 'A device store to a hole fails.',
  source: 'own',
  primary: 'device.store-lands',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override storeInSystem(process: Process, index: number, value: number): Result {
          return process.entry(index) === NONE ? 'EFAULT' : super.storeInSystem(process, index, value);
        }
      },
  },
  directed: [map(0, 0), deviceStore(0, 0, 1)],
};
