import type { Result } from '../../spec/vocabulary/result.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, populate } from '../../spec/vocabulary/shorthand.ts';

export const populateSwallowsErrors: Mutant = {
  id: 'populate-swallows-errors',
  title: 'A populate whose page cannot come answers ok.',
  source: 'class (g)',
  primary: 'populate.failure',
  earlier: ['failure.poison-lasts'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override populate(process: Process, index: number): Result {
          const result = super.populate(process, index);
          return result === 'EFAULT' ? 'ok' : result;
        }
      },
  },
  directed: [map(0, 0, 'none'), populate(0, 0)],
};
