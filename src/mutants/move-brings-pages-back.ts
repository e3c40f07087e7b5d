import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, move, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const moveBringsPagesBack: Mutant = {
  id: 'move-brings-pages-back',
  title: 'A page is brought back before its mapping is moved.',
  source: 'own',
  primary: 'move.quiet',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override moveEntry(process: Process, index: number, to: number): void {
          const entry = process.entry(index);
          if (isDevice(entry)) this.deviceFault(process, index, entry);
          super.moveEntry(process, index, to);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), move(0, 0, 1)],
};
