import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { deviceExchange, load, makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

export const exchangeIsTorn: Mutant = {
  id: 'exchange-is-torn',
  title: 'An exchange by the device writes the first half of its value only.',
  source: 'own',
  primary: 'exclusive.revoked',
  earlier: ['device.load-value', 'exclusive.exchange', 'fork.isolation'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    driver: (base) =>
      class extends base {
        override deviceExchange(process: Process, index: number, value: number): Result {
          const before = super.deviceExchange(process, index, value);
          const page = this.kernel.page(pfnOf(process.entry(index)));
          if (typeof before === 'number') page.last = before;
          return before;
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), deviceExchange(0, 0, 1), load(0, 0)],
};
