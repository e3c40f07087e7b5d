import { profilesBefore } from '../../spec/profiles/profile.ts';
import type { Mutant } from './mutant.ts';
import { map, pageMap, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pageMapTellsNobodyAlone: Mutant = {
  id: 'page-map-tells-nobody-alone',
  title: 'The page map says of no page that this process alone has it.',
  source: 'own',
  primary: 'query.sole-mapper',
  earlier: [],
  profiles: profilesBefore('linux-6.12'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isSoleMapper(): boolean {
          return false;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), pageMap(0, 0)],
};
