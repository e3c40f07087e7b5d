import type { Result } from '../../spec/vocabulary/result.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { discard, lock, map } from '../../spec/vocabulary/shorthand.ts';

export const discardIgnoresTheLock: Mutant = {
  id: 'discard-ignores-the-lock',
  title: 'A locked page is discarded like any other.',
  source: 'own',
  primary: 'populate.locked',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override discard(process: Process, index: number): Result {
          const locked = process.isLocked(index);
          process.locked[index] = false;
          const result = super.discard(process, index);
          process.locked[index] = locked;
          return result;
        }
      },
  },
  directed: [map(0, 0), lock(0, 0), discard(0, 0)],
};
