import type { Result } from '../../spec/vocabulary/result.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { hotAdd } from '../../spec/vocabulary/shorthand.ts';

export const hotAddSucceeds: Mutant = {
  id: 'hot-add-succeeds',
  title: "Memory is added where the device's is.",
  source: 'own',
  primary: 'types.hot-add',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override hotAdd(): Result {
          super.hotAdd();
          return 'ok';
        }
      },
  },
  directed: [hotAdd],
};
