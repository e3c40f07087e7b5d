import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { fork, makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

export const forkLeavesTheParentExclusive: Mutant = {
  id: 'fork-leaves-the-parent-exclusive',
  title: 'Fork takes the page back for the child alone: its parent goes on without it.',
  source: 'class (b)',
  primary: 'exclusive.fork',
  earlier: ['robust.at-rest'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override forkExclusive(
          parent: Process,
          child: Process,
          index: number,
          entry: number,
        ): void {
          super.forkExclusive(parent, child, index, entry);
          parent.entries[index] = entry;
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), fork(0, 1)],
};
