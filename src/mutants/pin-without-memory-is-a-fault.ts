import { TOUCH_SIGBUS } from '../kernel/fault.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, map, pin, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pinWithoutMemoryIsAFault: Mutant = {
  id: 'pin-without-memory-is-a-fault',
  title: 'A pin that finds no memory for the page answers as if the page were lost.',
  source: 'class (g)',
  primary: 'pin.failure',
  earlier: [
    'account.limit-holds',
    'failure.poison',
    'failure.poison-releases',
    'fault.calls-once',
    'pin.brings-back',
    'watch.survives',
    'watch.traps-missing',
    'watch.traps-store',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override pinnable(process: Process, index: number): number {
          return Math.max(super.pinnable(process, index), TOUCH_SIGBUS);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('oom'), pin(0, 0)],
};
