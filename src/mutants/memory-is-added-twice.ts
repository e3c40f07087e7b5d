import type { Result } from '../../spec/vocabulary/result.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { detach, hotAdd } from '../../spec/vocabulary/shorthand.ts';

export const memoryIsAddedTwice: Mutant = {
  id: 'memory-is-added-twice',
  title: 'Memory is added a second time to a range that a device has left.',
  source: 'own',
  primary: 'types.hot-add',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override hotAdd(): Result {
          return this.attached ? super.hotAdd() : 'ok';
        }
      },
  },
  directed: [detach, hotAdd, hotAdd],
};
