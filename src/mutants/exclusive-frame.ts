import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { makeExclusive, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const exclusiveFrame: Mutant = {
  id: 'exclusive-frame',
  title: 'A page on the device is made exclusive where it is.',
  source: 'own',
  primary: 'exclusive.returns-first',
  earlier: ['watch.traps-store'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    driver: (base) =>
      class extends base {
        override makeExclusive(process: Process, index: number): Result {
          const entry = process.entry(index);
          const goesOn = this.refusal(process, index, true) === undefined;
          if (!goesOn || !isDevice(entry)) return super.makeExclusive(process, index);
          this.kernel.makeExclusive(process, index);
          return 'ok';
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), makeExclusive(0, 0)],
};
