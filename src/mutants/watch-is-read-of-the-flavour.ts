import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isDevice, isWritable, readOnly, watched } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import type { Mutant } from './mutant.ts';
import { map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const watchIsReadOfTheFlavour: Mutant = {
  id: 'watch-is-read-of-the-flavour',
  title:
    'Migration reads whether a device entry is watched as it would of a present one, and finds its flavour: what was WRITE comes back watched.',
  source: 'C-10',
  primary: 'watch.own',
  earlier: [
    'device.store-lands',
    'devices.foreign-access',
    'exclusive.returns-first',
    'exclusive.taken',
    'fault.brings-back',
    'pin.brings-back',
    'populate.brings-back',
    'race.one-order',
  ],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override migrationEntryFor(page: Page, entry: number): number {
          const made = super.migrationEntryFor(page, entry);
          return isDevice(entry) && isWritable(entry) ? watched(readOnly(made)) : made;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), store(0, 0, 1)],
};
