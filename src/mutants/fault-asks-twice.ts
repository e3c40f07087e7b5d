import type { Page } from '../kernel/page.ts';
import type { FaultResult } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const faultAsksTwice: Mutant = {
  id: 'fault-asks-twice',
  title: 'page_fault is called twice for one touch.',
  source: 'own',
  primary: 'fault.calls-once',
  earlier: [
    'devices.foreign-access',
    'failure.oom',
    'fault.brings-back',
    'kernel.access-returns',
    'pin.brings-back',
    'populate.brings-back',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override pageFault(slot: number, index: number, page: Page): FaultResult {
          this.note({ event: 'fault', process: slot, page: index, frame: page.data });
          return super.pageFault(slot, index, page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), load(0, 0)],
};
