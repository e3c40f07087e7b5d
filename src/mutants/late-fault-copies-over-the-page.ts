import { isPresent, pfnOf } from '../kernel/entry.ts';
import { copyPage, type Page } from '../kernel/page.ts';
import { FAULT_DONE, type FaultResult } from '../kernel/pagemap.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, race, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** The callback was handed a page that nobody held: by the time that it looked, that was free, or somebody else's. */
export const lateFaultCopiesOverThePage: Mutant = {
  id: 'late-fault-copies-over-the-page',
  title:
    'Of two faults for one page, the second copies the frame that it had looked up, which is free by now, over the page that has come back.',
  source: 'C-03',
  primary: 'race.value',
  earlier: ['fork.isolation', 'race.calls', 'race.one-order'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override racingDeviceFault(process: Process, index: number, page: Page): FaultResult {
          this.letRivalIn();
          if (this.sees(process.slot, index, page.pfn)) return this.callPageFault(process, index, page);
          const entry = process.entry(index);
          if (isPresent(entry)) copyPage(page, this.page(pfnOf(entry)));
          return FAULT_DONE;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), race(load(0, 0), load(0, 0))],
};
