import { isWritable, presentEntry } from '../kernel/entry.ts';
import { copyPage, type Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, load, mapHost, store } from '../../spec/vocabulary/shorthand.ts';

export const forkCopiesHostMemory: Mutant = {
  id: 'fork-copies-host-memory',
  title: 'The child of a fork gets a copy of a host page.',
  source: 'own',
  primary: 'types.host-value',
  earlier: ['account.charge', 'account.join-moves', 'account.rss', 'pin.sees-stores', 'query.smaps'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override forkPermanent(child: Process, index: number, entry: number, page: Page): void {
          if (page.pagemap === undefined) return super.forkPermanent(child, index, entry, page);
          const copy = this.allocPage();
          copyPage(page, copy);
          this.addMap(copy, child.offset(index));
          child.entries[index] = presentEntry(copy.pfn, isWritable(entry));
        }
      },
  },
  directed: [mapHost(0, 0), fork(0, 1), store(0, 0, 1), load(1, 0)],
};
