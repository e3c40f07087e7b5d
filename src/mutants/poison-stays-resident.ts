import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const poisonStaysResident: Mutant = {
  id: 'poison-stays-resident',
  title: 'A page that was lost is still counted as resident.',
  source: 'class (n)',
  primary: 'account.rss',
  earlier: [],
  profiles: ['origin'],
  plant: {
    kernel: (base) =>
      class extends base {
        override poisonEntry(process: Process, index: number): void {
          super.poisonEntry(process, index);
          this.addRss(process, 1);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)],
};
