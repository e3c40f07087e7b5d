import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { pfnOf } from '../kernel/entry.ts';
import { readPage } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { deviceLoad, map, onDevice, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const foreignPageIsReadInPlace: Mutant = {
  id: 'foreign-page-is-read-in-place',
  title: "A device reads another device's page where it is.",
  source: 'class (j)',
  primary: 'devices.foreign-access',
  earlier: [],
  profiles: profilesFrom('linux-6.1'),
  plant: {
    driver: (base) =>
      class extends base {
        protected override loadForeign(_process: Process, _index: number, entry: number): Result {
          return readPage(this.kernel.page(pfnOf(entry)));
        }
      },
  },
  directed: [map(0, 0), onDevice(1, toDevice(0, 0)), deviceLoad(0, 0)],
};
