import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { discard, fork, lock, map } from '../../spec/vocabulary/shorthand.ts';

export const forkInheritsTheLock: Mutant = {
  id: 'fork-inherits-the-lock',
  title: 'The child of a fork has its mappings locked, as its parent has.',
  source: 'own',
  primary: 'unmap.clears',
  earlier: ['advise.keeps-content', 'advise.spares-device'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override forkEntry(parent: Process, child: Process, index: number): void {
          child.locked[index] = parent.isLocked(index);
          super.forkEntry(parent, child, index);
        }
      },
  },
  directed: [map(0, 0), lock(0, 0), fork(0, 1), discard(1, 0)],
};
