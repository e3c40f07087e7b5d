import { profilesFrom } from '../../spec/profiles/profile.ts';
import { TOUCH_SIGBUS } from '../kernel/fault.ts';
import type { Mutant } from './mutant.ts';
import { load, makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

export const exclusiveEntryIsTakenForPoison: Mutant = {
  id: 'exclusive-entry-is-taken-for-poison',
  title: 'A touch of a page that the device has to itself ends in SIGBUS.',
  source: 'class (a)',
  primary: 'exclusive.revoked',
  earlier: ['device.permission', 'device.store-lands', 'exclusive.taken', 'race.one-order'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override exclusiveFault(): number {
          return TOUCH_SIGBUS;
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), load(0, 0)],
};
