import { pfnOf, readOnly } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Mutant } from './mutant.ts';
import { fork, map, pin, store, unpin } from '../../spec/vocabulary/shorthand.ts';

export const forkGivesThePinnedPageAway: Mutant = {
  id: 'fork-gives-the-pinned-page-away',
  title: 'The child of a fork gets the pinned page, and the parent who pinned it the copy.',
  source: 'own',
  primary: 'fork.pin-stays',
  earlier: ['account.charge', 'account.join-leaves', 'account.limit-holds', 'pin.stays-put'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override forkPresent(parent: Process, child: Process, index: number, entry: number): void {
          super.forkPresent(parent, child, index, entry);
          const copied = child.entry(index);
          if (pfnOf(copied) === pfnOf(entry)) return;
          child.entries[index] = readOnly(entry);
          parent.entries[index] = readOnly(copied);
        }
      },
  },
  directed: [map(0, 0), pin(0, 0), fork(0, 1), store(0, 0, 1), unpin()],
};
