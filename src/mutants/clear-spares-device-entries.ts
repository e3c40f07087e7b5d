import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Mutant } from './mutant.ts';
import { clearSoftDirty, map, softDirty, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const clearSparesDeviceEntries: Mutant = {
  id: 'clear-spares-device-entries',
  title: 'Clearing soft-dirty looks at present entries only.',
  source: 'class (q)',
  primary: 'track.survives',
  earlier: [],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override cleanEntry(entry: number): number {
          return isDevice(entry) ? entry : super.cleanEntry(entry);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), toDevice(0, 0), clearSoftDirty(0), softDirty(0, 0)],
};
