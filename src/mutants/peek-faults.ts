import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, peek, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const peekFaults: Mutant = {
  id: 'peek-faults',
  title: 'An access that must not fault brings the page back.',
  source: 'own',
  primary: 'kernel.peek-stays',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override peek(process: Process, index: number): Result {
          const entry = process.entry(index);
          return isDevice(entry) ? this.kernelLoad(process, index) : super.peek(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), peek(0, 0)],
};
