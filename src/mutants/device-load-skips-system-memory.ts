import type { Result } from '../../spec/vocabulary/result.ts';
import { isPresent } from '../kernel/entry.ts';
import { HOST_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { deviceLoad, map, store } from '../../spec/vocabulary/shorthand.ts';

export const deviceLoadSkipsSystemMemory: Mutant = {
  id: 'device-load-skips-system-memory',
  title: 'A device load of a page in system memory gives zero.',
  source: 'own',
  primary: 'device.load-value',
  earlier: ['devices.foreign-access', 'fork.isolation'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override deviceLoad(process: Process, index: number): Result {
          const result = super.deviceLoad(process, index);
          const inSystem = isPresent(process.entry(index)) && process.kind(index) !== HOST_VMA;
          return inSystem && typeof result === 'number' ? 0 : result;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), deviceLoad(0, 0)],
};
