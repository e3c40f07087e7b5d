import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isDevice, dirtied } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import type { Mutant } from './mutant.ts';
import {
  clearSoftDirty,
  map,
  softDirty,
  store,
  toDevice,
  toSystem,
} from '../../spec/vocabulary/shorthand.ts';

export const softDirtyIsReadOfTheType: Mutant = {
  id: 'soft-dirty-is-read-of-the-type',
  title:
    'Migration reads whether a device entry is soft-dirty as it would of a present one, and finds a bit of the swap type: every page that comes back is dirty.',
  source: 'C-10',
  primary: 'track.survives',
  earlier: [],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override migrationEntryFor(page: Page, entry: number): number {
          const made = super.migrationEntryFor(page, entry);
          // Every device type has the bit by which a present entry would be soft-dirty.
          return isDevice(entry) ? dirtied(made) : made;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), clearSoftDirty(0), toDevice(0, 0), toSystem(0, 0), softDirty(0, 0)],
};
