import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { discard, load, map, store } from '../../spec/vocabulary/shorthand.ts';

export const holeReadsAFreedPage: Mutant = {
  id: 'hole-reads-a-freed-page',
  title: 'A load of a hole reads the page that was freed last instead of the page of zeros.',
  source: 'class (s)',
  primary: 'unmap.reads-zero',
  earlier: ['device.load-value', 'fork.isolation', 'race.value'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override holeFault(process: Process, index: number, write: boolean): number {
          return write ? super.holeFault(process, index, write) : (this.freePages.at(-1) ?? 0);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), discard(0, 0), load(0, 0)],
};
