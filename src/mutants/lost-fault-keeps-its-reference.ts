import type { Page } from '../kernel/page.ts';
import type { FaultResult } from '../kernel/pagemap.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, race, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** The fault path began to hold the page while it called the driver, and each of its ways out had to let go. */
export const lostFaultKeepsItsReference: Mutant = {
  id: 'lost-fault-keeps-its-reference',
  title: 'A fault that finds its page gone returns without letting go of the frame: it is never freed.',
  source: 'C-03',
  primary: 'race.books',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override racingDeviceFault(process: Process, index: number, page: Page): FaultResult {
          this.getPage(page);
          this.letRivalIn();
          const isGone = !this.sees(process.slot, index, page.pfn);
          const result = this.callPageFault(process, index, page);
          if (!isGone) this.putPage(page);
          return result;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), race(load(0, 0), load(0, 0))],
};
