import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { discard, lock, map, move } from '../../spec/vocabulary/shorthand.ts';

export const keptMappingStaysLocked: Mutant = {
  id: 'kept-mapping-stays-locked',
  title: 'The mapping that a move leaves behind is still locked.',
  source: 'own',
  primary: 'unmap.clears',
  earlier: ['advise.keeps-content', 'advise.spares-device'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override move(process: Process, index: number, to: number, keep: boolean): void {
          const locked = process.isLocked(index);
          super.move(process, index, to, keep);
          process.locked[index] = keep && locked;
        }
      },
  },
  directed: [map(0, 0), lock(0, 0), move(0, 0, 1, true), discard(0, 0)],
};
