import type { Page } from '../kernel/page.ts';
import type { FaultResult } from '../kernel/pagemap.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, race, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** Where two addresses are at hand, that of the touch and that of the range around it, one is taken for the other. */
export const racingFaultNamesTheChunk: Mutant = {
  id: 'racing-fault-names-the-chunk',
  title:
    'While somebody else is at the page, the driver is asked for the first page of the range around it, which nobody touched.',
  source: 'class (p)',
  primary: 'race.calls',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override racingDeviceFault(process: Process, index: number, page: Page): FaultResult {
          return super.racingDeviceFault(process, index - (index % 2), page);
        }
      },
  },
  directed: [map(0, 0), map(0, 1), toDevice(0, 0, 2), race(load(0, 1), load(0, 1))],
};
