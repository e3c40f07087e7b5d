import type { Result } from '../../spec/vocabulary/result.ts';
import { isPresent, dirtied } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { clearSoftDirty, load, map, softDirty, store } from '../../spec/vocabulary/shorthand.ts';

export const loadMakesThePageDirty: Mutant = {
  id: 'load-makes-the-page-dirty',
  title: 'A load of a page that was cleared makes it dirty.',
  source: 'own',
  primary: 'track.clear',
  earlier: ['track.survives'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override load(process: Process, index: number): Result {
          const result = super.load(process, index);
          const entry = process.entry(index);
          if (isPresent(entry)) process.entries[index] = dirtied(entry);
          return result;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), clearSoftDirty(0), load(0, 0), softDirty(0, 0)],
};
