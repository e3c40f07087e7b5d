import type { Result } from '../../spec/vocabulary/result.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { discard, lock, map } from '../../spec/vocabulary/shorthand.ts';

export const lockFailsWithItsPopulate: Mutant = {
  id: 'lock-fails-with-its-populate',
  title: 'A lock whose page cannot be had is not taken.',
  source: 'class (h)',
  primary: 'populate.locked',
  earlier: ['advise.locked'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override lock(process: Process, index: number): Result {
          const result = super.lock(process, index);
          if (result !== 'ok') this.unlock(process, index);
          return result;
        }
      },
  },
  directed: [map(0, 0, 'none'), lock(0, 0), discard(0, 0)],
};
