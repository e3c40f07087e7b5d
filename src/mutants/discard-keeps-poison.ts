import { POISON_ENTRY } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { discard, inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const discardKeepsPoison: Mutant = {
  id: 'discard-keeps-poison',
  title: 'Unmap and discard leave poison where it is, because it names no page.',
  source: 'class (q)',
  primary: 'failure.poison-inert',
  earlier: ['device.permission', 'robust.at-rest', 'unmap.clears', 'unmap.reads-zero'],
  profiles: ['origin'],
  plant: {
    kernel: (base) =>
      class extends base {
        protected override zapEntry(process: Process, index: number): void {
          if (process.entry(index) !== POISON_ENTRY) super.zapEntry(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0), discard(0, 0)],
};
