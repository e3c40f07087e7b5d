import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { makeExclusive, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const devicePageCannotBeExclusive: Mutant = {
  id: 'device-page-cannot-be-exclusive',
  title: 'A page on the device is not brought back to be made exclusive, but refused.',
  source: 'own',
  primary: 'exclusive.returns-first',
  earlier: [],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    driver: (base) =>
      class extends base {
        override makeExclusive(process: Process, index: number): Result {
          const refusal = this.refusal(process, index, true);
          if (refusal !== undefined) return refusal;
          return isDevice(process.entry(index)) ? 'EFAULT' : super.makeExclusive(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), makeExclusive(0, 0)],
};
