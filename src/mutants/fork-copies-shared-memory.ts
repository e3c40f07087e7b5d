import { isWritable, presentEntry } from '../kernel/entry.ts';
import { copyPage, FILE, type Page } from '../kernel/page.ts';
import { SHARED_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, load, map, store } from '../../spec/vocabulary/shorthand.ts';

export const forkCopiesSharedMemory: Mutant = {
  id: 'fork-copies-shared-memory',
  title: 'The child of a fork gets a copy of a shared page.',
  source: 'own',
  primary: 'types.shared-value',
  earlier: ['kernel.peek-value', 'pin.sees-stores', 'race.value'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override forkPermanent(child: Process, index: number, entry: number, page: Page): void {
          if (child.kind(index) !== SHARED_VMA) return super.forkPermanent(child, index, entry, page);
          const copy = this.allocPage();
          copyPage(page, copy);
          copy.mapping = FILE;
          copy.maps++;
          child.entries[index] = presentEntry(copy.pfn, isWritable(entry));
        }
      },
  },
  directed: [map(0, 0, 'write', 'shared'), fork(0, 1), store(0, 0, 1), load(1, 0)],
};
