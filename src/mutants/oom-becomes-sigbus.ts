import { TOUCH_SIGBUS } from '../kernel/fault.ts';
import { FAULT_OOM, type FaultResult } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const oomBecomesSigbus: Mutant = {
  id: 'oom-becomes-sigbus',
  title: 'A touch that finds no memory for the page is answered as if the page were lost.',
  source: 'class (g)',
  primary: 'failure.oom',
  earlier: [
    'exclusive.returns-first',
    'failure.poison',
    'failure.poison-releases',
    'fault.brings-back',
    'fault.calls-once',
    'kernel.access-errors',
    'pin.brings-back',
    'pin.failure',
    'populate.failure',
    'race.one-order',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override afterDeviceFault(result: FaultResult): number {
          return result === FAULT_OOM ? TOUCH_SIGBUS : super.afterDeviceFault(result);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('oom'), load(0, 0)],
};
