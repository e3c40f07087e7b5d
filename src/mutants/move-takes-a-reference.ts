import { isDevice, pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, move, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const moveTakesAReference: Mutant = {
  id: 'move-takes-a-reference',
  title:
    'The entry at the new address holds a reference of its own, and that of the old one is not given up.',
  source: 'class (d)',
  primary: 'count.references',
  earlier: ['count.free-once', 'migrate.frees-source', 'unmap.releases'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override moveEntry(process: Process, index: number, to: number): void {
          const entry = process.entry(index);
          super.moveEntry(process, index, to);
          if (isDevice(entry)) this.getPage(this.page(pfnOf(entry)));
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), move(0, 0, 1)],
};
