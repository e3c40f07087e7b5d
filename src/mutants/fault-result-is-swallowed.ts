import { FAULT_DONE, type FaultResult } from '../kernel/pagemap.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * The callback's result was not returned, so that a page that cannot come back was asked for without end.
 */
export const faultResultIsSwallowed: Mutant = {
  id: 'fault-result-is-swallowed',
  title: 'What the driver answers to a fault is dropped: the touch faults again until it succeeds.',
  source: 'C-04',
  primary: 'robust.answers',
  earlier: [
    'failure.oom',
    'failure.sigbus',
    'fault.calls-once',
    'fault.no-needless-call',
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
        protected override deviceFault(process: Process, index: number, entry: number): FaultResult {
          super.deviceFault(process, index, entry);
          return FAULT_DONE;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('oom', 'until-healed'), load(0, 0)],
};
