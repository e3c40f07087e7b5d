import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { deviceExchange, makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

export const exchangeAnswersItsOwnValue: Mutant = {
  id: 'exchange-answers-its-own-value',
  title: 'An exchange answers the value that it has just written.',
  source: 'own',
  primary: 'exclusive.exchange',
  earlier: [],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    driver: (base) =>
      class extends base {
        override deviceExchange(process: Process, index: number, value: number): Result {
          const before = super.deviceExchange(process, index, value);
          return typeof before === 'number' ? value : before;
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), deviceExchange(0, 0, 1)],
};
