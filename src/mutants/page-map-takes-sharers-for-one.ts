import { profilesBefore } from '../../spec/profiles/profile.ts';
import type { Mutant } from './mutant.ts';
import { fork, map, pageMap, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pageMapTakesSharersForOne: Mutant = {
  id: 'page-map-takes-sharers-for-one',
  title: 'The page map says of a page that is shared that this process alone has it.',
  source: 'class (d)',
  primary: 'query.sole-mapper',
  earlier: [],
  profiles: profilesBefore('linux-6.12'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isSoleMapper(entry: number): boolean {
          return this.profile.tellsSoleMapper && this.namesPage(entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1), pageMap(0, 0)],
};
