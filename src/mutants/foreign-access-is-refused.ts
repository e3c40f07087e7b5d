import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Mutant } from './mutant.ts';
import { deviceLoad, map, onDevice, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** Linux v5.18 did that; a fix in v5.19 has the page come back. */
export const foreignAccessIsRefused: Mutant = {
  id: 'foreign-access-is-refused',
  title: 'A device that wants a page of another one is refused.',
  source: 'own',
  primary: 'devices.foreign-access',
  earlier: [],
  profiles: profilesFrom('linux-6.1'),
  plant: {
    driver: (base) =>
      class extends base {
        protected override loadForeign(): Result {
          return 'EFAULT';
        }
      },
  },
  directed: [map(0, 0), onDevice(1, toDevice(0, 0)), deviceLoad(0, 0)],
};
