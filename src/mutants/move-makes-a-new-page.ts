import { isPresent, pfnOf } from '../kernel/entry.ts';
import { fillPage } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, move, store } from '../../spec/vocabulary/shorthand.ts';

export const moveMakesANewPage: Mutant = {
  id: 'move-makes-a-new-page',
  title: 'A page of system memory that is moved to another address is a new one of zeros there.',
  source: 'own',
  primary: 'move.value',
  earlier: [
    'device.load-value',
    'exclusive.revoked',
    'fault.last-value',
    'fork.isolation',
    'fork.pin-stays',
    'kernel.access-lands',
    'kernel.peek-value',
    'race.value',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override moveEntry(process: Process, index: number, to: number): void {
          super.moveEntry(process, index, to);
          const entry = process.entry(to);
          if (isPresent(entry)) fillPage(this.page(pfnOf(entry)), 0);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), move(0, 0, 1), load(0, 1)],
};
