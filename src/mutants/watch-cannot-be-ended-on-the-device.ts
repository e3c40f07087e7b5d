import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { map, store, toDevice, watch } from '../../spec/vocabulary/shorthand.ts';

export const watchCannotBeEndedOnTheDevice: Mutant = {
  id: 'watch-cannot-be-ended-on-the-device',
  title: 'Ending a watch passes over device entries.',
  source: 'class (q)',
  primary: 'watch.own',
  earlier: [
    'device.store-lands',
    'fault.brings-back',
    'kernel.access-returns',
    'pin.brings-back',
    'populate.brings-back',
    'race.one-order',
  ],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override unwatchedEntry(process: Process, index: number, entry: number): number {
          return isDevice(entry) ? entry : super.unwatchedEntry(process, index, entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), watch(0, 0, 'write-protect'), watch(0, 0, 'none'), store(0, 0, 1)],
};
