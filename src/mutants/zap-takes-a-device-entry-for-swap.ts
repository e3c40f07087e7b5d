import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';

/**
 * The guards that tell real swap entries from the special ones were compiled only where migration or poison
 * was configured, so that device entries alone slipped through.
 */
export const zapTakesADeviceEntryForSwap: Mutant = {
  id: 'zap-takes-a-device-entry-for-swap',
  title:
    'Unmapping takes a device entry for one of a swapped page: it gives back swap space and leaves the frame as it was.',
  source: 'C-09',
  primary: 'unmap.releases',
  earlier: [
    'count.references',
    'device.store-lands',
    'failure.oom',
    'failure.poison-releases',
    'fault.brings-back',
    'migrate.detach',
    'pin.brings-back',
    'types.swap-limit',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override zapDevice(process: Process): void {
          this.addRss(process, -1);
          this.swapAreas--;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), unmap(0, 0)],
};
