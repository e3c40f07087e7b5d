import { POISON_ENTRY } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const poisonReadsAsAHole: Mutant = {
  id: 'poison-reads-as-a-hole',
  title: 'The second touch of a lost page takes the poison for a hole and succeeds.',
  source: 'own',
  primary: 'failure.poison-lasts',
  earlier: [],
  profiles: ['origin'],
  plant: {
    kernel: (base) =>
      class extends base {
        protected override fault(process: Process, index: number, entry: number, write: boolean): number {
          if (entry === POISON_ENTRY) return this.holeFault(process, index, write);
          return super.fault(process, index, entry, write);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0), load(0, 0)],
};
