import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { MAY_READ, MAY_WRITE, type Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

/** A sort of mapping that it did not know was let through. */
export const readOnlyPageIsMadeExclusive: Mutant = {
  id: 'read-only-page-is-made-exclusive',
  title: 'A page is made exclusive, though its mapping cannot be written.',
  source: 'C-40',
  primary: 'exclusive.permission',
  earlier: [],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    driver: (base) =>
      class extends base {
        override makeExclusive(process: Process, index: number): Result {
          const protection = process.protection(index);
          if (protection === MAY_READ) process.protections[index] = MAY_WRITE;
          const result = super.makeExclusive(process, index);
          process.protections[index] = protection;
          return result;
        }
      },
  },
  directed: [map(0, 0, 'read'), makeExclusive(0, 0)],
};
