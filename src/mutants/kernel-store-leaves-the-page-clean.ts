import type { Result } from '../../spec/vocabulary/result.ts';
import { isPresent, isSoftDirty, cleaned } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { clearSoftDirty, kernelStore, map, softDirty, store } from '../../spec/vocabulary/shorthand.ts';

export const kernelStoreLeavesThePageClean: Mutant = {
  id: 'kernel-store-leaves-the-page-clean',
  title: 'A store by the kernel at a user address does not make the page dirty.',
  source: 'class (m)',
  primary: 'track.store',
  earlier: ['track.survives'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override kernelStore(process: Process, index: number, value: number): Result {
          const wasDirty = isSoftDirty(process.entry(index));
          const result = super.kernelStore(process, index, value);
          const entry = process.entry(index);
          if (!wasDirty && isPresent(entry)) process.entries[index] = cleaned(entry);
          return result;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), clearSoftDirty(0), kernelStore(0, 0, 2), softDirty(0, 0)],
};
