import type { Mutant } from './mutant.ts';
import { charge, join, map, store } from '../../spec/vocabulary/shorthand.ts';

export const joinMovesNothing: Mutant = {
  id: 'join-moves-nothing',
  title: 'No charge follows a process to another group.',
  source: 'own',
  primary: 'account.join-moves',
  earlier: ['account.group', 'unmap.reads-zero'],
  profiles: ['linux-5.18', 'linux-6.1', 'linux-6.12'],
  plant: {
    kernel: (base) =>
      class extends base {
        protected override followsOwner(): boolean {
          return false;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), join(0, 1), charge(1)],
};
