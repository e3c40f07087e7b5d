import type { Page } from '../kernel/page.ts';
import { FAULT_SIGBUS, type FaultResult } from '../kernel/pagemap.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, race, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** To collect nothing is no failure: a driver that took it for one killed the slower of two threads. */
export const lostFaultIsABusError: Mutant = {
  id: 'lost-fault-is-a-bus-error',
  title: 'A touch whose page somebody else brought back meanwhile gets SIGBUS, and is not tried again.',
  source: 'class (p)',
  primary: 'race.one-order',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override callPageFault(process: Process, index: number, page: Page): FaultResult {
          const isGone = !this.sees(process.slot, index, page.pfn);
          return isGone ? FAULT_SIGBUS : super.callPageFault(process, index, page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), race(load(0, 0), load(0, 0))],
};
