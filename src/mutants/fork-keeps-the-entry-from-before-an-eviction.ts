import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { evict, fork, map, race, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const forkKeepsTheEntryFromBeforeAnEviction: Mutant = {
  id: 'fork-keeps-the-entry-from-before-an-eviction',
  title:
    'A fork writes what it had read before an eviction: both sides are left with entries for a frame that is free.',
  source: 'class (f)',
  primary: 'race.entries',
  earlier: [
    'count.free-unmapped',
    'fault.no-needless-call',
    'fork.isolation',
    'migrate.must-skip',
    'race.one-order',
    'race.value',
    'robust.answers',
    'robust.at-rest',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override fork(parent: Process, child: Process): void {
          const isOpen = this.isOpenTo(parent);
          const entries = parent.entries.slice();
          super.fork(parent, child);
          for (const [index, entry] of entries.entries()) {
            const hasMoved = isOpen && isDevice(entry) && !isDevice(parent.entry(index));
            if (!hasMoved) continue;
            parent.entries[index] = this.parentEntry(entry);
            child.entries[index] = this.childEntry(entry);
          }
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), race(fork(0, 1), evict(0, 0))],
};
