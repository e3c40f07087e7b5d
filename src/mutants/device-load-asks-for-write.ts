import type { ErrorName } from '../../spec/vocabulary/result.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { deviceLoad, map } from '../../spec/vocabulary/shorthand.ts';

/**
 * The device was refused memory that the CPU could read all along; there it was a kind of mapping that the
 * walk did not know.
 */
export const deviceLoadAsksForWrite: Mutant = {
  id: 'device-load-asks-for-write',
  title: 'A device load is refused where the mapping is not writable.',
  source: 'C-49',
  primary: 'device.permission',
  earlier: ['devices.foreign-access', 'devices.foreign-value', 'failure.poison-lasts', 'watch.traps-missing'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override refusal(process: Process, index: number): ErrorName | undefined {
          return super.refusal(process, index, true);
        }
      },
  },
  directed: [map(0, 0, 'read'), deviceLoad(0, 0)],
};
