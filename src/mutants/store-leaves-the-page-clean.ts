import { isPresent, isSoftDirty, cleaned } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { clearSoftDirty, map, softDirty, store } from '../../spec/vocabulary/shorthand.ts';

export const storeLeavesThePageClean: Mutant = {
  id: 'store-leaves-the-page-clean',
  title: 'A store through an entry that may write does not make the page dirty.',
  source: 'class (m)',
  primary: 'track.store',
  earlier: ['track.survives'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override noteStore(process: Process, index: number): void {
          const entry = process.entry(index);
          const isNew = isSoftDirty(entry);
          super.noteStore(process, index);
          if (!isNew && isPresent(entry)) process.entries[index] = cleaned(process.entry(index));
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), clearSoftDirty(0), store(0, 0, 2), softDirty(0, 0)],
};
