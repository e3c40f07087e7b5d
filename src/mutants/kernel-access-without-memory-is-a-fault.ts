import { TOUCH_OOM, TOUCH_SIGBUS } from '../kernel/fault.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, kernelLoad, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const kernelAccessWithoutMemoryIsAFault: Mutant = {
  id: 'kernel-access-without-memory-is-a-fault',
  title: 'A kernel access that finds no memory for the page answers as if the page were lost.',
  source: 'class (g)',
  primary: 'kernel.access-errors',
  earlier: ['account.limit-holds', 'unmap.reads-zero'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override kernelTouch(process: Process, index: number, write: boolean): number {
          const got = super.kernelTouch(process, index, write);
          return got === TOUCH_OOM ? TOUCH_SIGBUS : got;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('oom'), kernelLoad(0, 0)],
};
