import { pfnOf } from '../kernel/entry.ts';
import { FILLER, fillPage } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, pin, unmap, unpin } from '../../spec/vocabulary/shorthand.ts';

export const unmapWipesAPinnedPage: Mutant = {
  id: 'unmap-wipes-a-pinned-page',
  title: 'Unmapping the last entry of a page wipes it, though a pin still holds it.',
  source: 'class (e)',
  primary: 'pin.sees-stores',
  earlier: ['fork.pin-stays', 'types.file-stays'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override zapPresent(process: Process, index: number, entry: number): void {
          const page = this.page(pfnOf(entry));
          super.zapPresent(process, index, entry);
          if (page.maps === 0 && page.pagemap === undefined) fillPage(page, FILLER);
        }
      },
  },
  directed: [map(0, 0), pin(0, 0), unmap(0, 0), unpin()],
};
