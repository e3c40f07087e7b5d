import { profilesFrom } from '../../spec/profiles/profile.ts';
import { pfnOf } from '../kernel/entry.ts';
import type { Mutant } from './mutant.ts';
import { map, pageMap, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** What versions before said is wrong in later ones. */
export const pageMapGoesOnTellingWhoIsAlone: Mutant = {
  id: 'page-map-goes-on-telling-who-is-alone',
  title: 'The page map says of a page on the device that this process alone has it.',
  source: 'own',
  primary: 'query.page-map',
  earlier: [],
  profiles: profilesFrom('linux-6.12'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isSoleMapper(entry: number): boolean {
          return this.namesPage(entry) && this.page(pfnOf(entry)).maps === 1;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), pageMap(0, 0)],
};
