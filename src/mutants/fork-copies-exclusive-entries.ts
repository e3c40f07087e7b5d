import { profilesFrom } from '../../spec/profiles/profile.ts';
import { pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { fork, makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

export const forkCopiesExclusiveEntries: Mutant = {
  id: 'fork-copies-exclusive-entries',
  title: 'The child of a fork gets an exclusive entry for the page that it shares.',
  source: 'class (b)',
  primary: 'exclusive.fork',
  earlier: ['exclusive.revoked', 'fork.shares', 'robust.at-rest'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override forkExclusive(
          _parent: Process,
          child: Process,
          index: number,
          entry: number,
        ): void {
          this.shareWithChild(child, index, this.page(pfnOf(entry)));
          child.entries[index] = entry;
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), fork(0, 1)],
};
