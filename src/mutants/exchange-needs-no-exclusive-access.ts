import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { exclusiveEntry, isPresent, pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { deviceExchange, map, store } from '../../spec/vocabulary/shorthand.ts';

export const exchangeNeedsNoExclusiveAccess: Mutant = {
  id: 'exchange-needs-no-exclusive-access',
  title: 'A device exchanges the value of a page that it does not have to itself.',
  source: 'own',
  primary: 'exclusive.exchange',
  earlier: ['exclusive.revoked'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    driver: (base) =>
      class extends base {
        override deviceExchange(process: Process, index: number, value: number): Result {
          const entry = process.entry(index);
          const goesOn = isPresent(entry) && this.refusal(process, index, true) === undefined;
          if (goesOn) process.entries[index] = exclusiveEntry(pfnOf(entry));
          const result = super.deviceExchange(process, index, value);
          if (goesOn) process.entries[index] = entry;
          return result;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), deviceExchange(0, 0, 2)],
};
