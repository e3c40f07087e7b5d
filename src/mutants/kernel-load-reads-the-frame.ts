import { isDevice, pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { kernelLoad, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const kernelLoadReadsTheFrame: Mutant = {
  id: 'kernel-load-reads-the-frame',
  title: 'A kernel access for reading takes a device entry for a present one.',
  source: 'class (q)',
  primary: 'kernel.access-returns',
  earlier: ['failure.oom', 'kernel.access-errors'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override kernelTouch(process: Process, index: number, write: boolean): number {
          const entry = process.entry(index);
          const reads = !write && this.permits(process, index, false);
          return reads && isDevice(entry) ? pfnOf(entry) : super.kernelTouch(process, index, write);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), kernelLoad(0, 0)],
};
