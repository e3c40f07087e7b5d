import type { Result } from '../../spec/vocabulary/result.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { kernelLoad, map } from '../../spec/vocabulary/shorthand.ts';

export const kernelAccessGetsASignal: Mutant = {
  id: 'kernel-access-gets-a-signal',
  title: 'A kernel access that cannot be ends in a signal, as a touch of the process would.',
  source: 'class (g)',
  primary: 'kernel.access-errors',
  earlier: ['failure.poison-lasts', 'unmap.then-refused'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override kernelLoad(process: Process, index: number): Result {
          return this.load(process, index);
        }
      },
  },
  directed: [map(0, 0, 'none'), kernelLoad(0, 0)],
};
