import type { Result } from '../../spec/vocabulary/result.ts';
import { NO_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, populate, unmap } from '../../spec/vocabulary/shorthand.ts';

export const populateOfNothingIsAFault: Mutant = {
  id: 'populate-of-nothing-is-a-fault',
  title: 'A populate where nothing is mapped answers as if a touch had failed there.',
  source: 'class (g)',
  primary: 'populate.failure',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override populate(process: Process, index: number): Result {
          return process.kind(index) === NO_VMA ? 'EFAULT' : super.populate(process, index);
        }
      },
  },
  directed: [map(0, 0), unmap(0, 0), populate(0, 0)],
};
