import { pfnOf } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import { FAULT_DONE, type FaultResult } from '../kernel/pagemap.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * Half of the handling of device entries was lost in a rebase. A page that was not taken on the fast path
 * stayed mapped, and the driver took that for somebody else's success.
 */
export const rmapSkipsReadEntries: Mutant = {
  id: 'rmap-skips-read-entries',
  title:
    'Reverse mapping passes over the entries of a shared device page, which can then never come back: the CPU faults for ever.',
  source: 'C-31',
  primary: 'robust.answers',
  earlier: ['migrate.detach'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override unmapForMigration(page: Page): void {
          if (page.pagemap === undefined || page.maps === 1) super.unmapForMigration(page);
        }
      },
    driver: (base) =>
      class extends base {
        protected override bringRangeBack(
          process: Process,
          start: number,
          count: number,
          wanted: number,
        ): FaultResult {
          const page = this.kernel.page(pfnOf(process.entry(wanted)));
          const result = super.bringRangeBack(process, start, count, wanted);
          return page.maps > 1 ? FAULT_DONE : result;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1), load(0, 0)],
};
