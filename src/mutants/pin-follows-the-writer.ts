import { presentEntry } from '../kernel/entry.ts';
import { copyPage, isAnonymous, type Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { profilesBefore } from '../../spec/profiles/profile.ts';
import type { Mutant } from './mutant.ts';
import { fork, map, pin, store, unpin } from '../../spec/vocabulary/shorthand.ts';

/** Then the pin sees the stores of a process that never asked for it. */
export const pinFollowsTheWriter: Mutant = {
  id: 'pin-follows-the-writer',
  title: 'The writer keeps the pinned page when a store breaks the sharing, and the others get the copy.',
  source: 'own',
  primary: 'fork.pin-stays',
  earlier: ['account.charge', 'account.limit-holds', 'migrate.vector', 'pin.stays-put'],
  profiles: profilesBefore('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override breakSharing(process: Process, index: number, old: Page): number {
          if (!isAnonymous(old) || !this.isPinned(old)) return super.breakSharing(process, index, old);
          const copy = this.allocPage();
          copyPage(old, copy);
          this.charge(copy, process.group);
          for (const other of this.processes) {
            const at = other === process ? -1 : this.placeOf(other, old);
            if (at < 0) continue;
            if (copy.maps > 0) this.getPage(copy);
            this.addMap(copy, other.offset(at));
            other.entries[at] = presentEntry(copy.pfn, false);
            this.dropEntryOf(old);
          }
          process.entries[index] = presentEntry(old.pfn, true);
          return old.pfn;
        }
      },
  },
  directed: [map(0, 0), pin(0, 0), fork(0, 1), store(1, 0, 1), unpin()],
};
