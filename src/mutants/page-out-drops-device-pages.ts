import { isDevice } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { advise, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** There the entry of a large page was not asked whether it was present. */
export const pageOutDropsDevicePages: Mutant = {
  id: 'page-out-drops-device-pages',
  title:
    'Advice takes a device entry for a present page, marks it as given away, and drops it when memory is wanted.',
  source: 'C-43',
  primary: 'advise.spares-device',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isAdvisable(entry: number): boolean {
          return isDevice(entry) || super.isAdvisable(entry);
        }

        protected override mayDrop(process: Process, index: number, page: Page): boolean {
          const isOnDevice = page.pagemap !== undefined;
          return isOnDevice ? page.lazyFree : super.mayDrop(process, index, page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), advise(0, 0, 'free'), advise(0, 0, 'page-out')],
};
