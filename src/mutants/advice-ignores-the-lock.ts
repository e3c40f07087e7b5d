import type { Advice } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { advise, lock, map } from '../../spec/vocabulary/shorthand.ts';

export const adviceIgnoresTheLock: Mutant = {
  id: 'advice-ignores-the-lock',
  title: 'Advice is taken at a locked page.',
  source: 'own',
  primary: 'advise.locked',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override advise(process: Process, index: number, advice: Advice): Result {
          super.advise(process, index, advice);
          return 'ok';
        }
      },
  },
  directed: [map(0, 0), lock(0, 0), advise(0, 0, 'cold')],
};
