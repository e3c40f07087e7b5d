import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FAULT_SIGBUS, type FaultResult } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { close, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** The state was that of the process that had opened the device, and its memory outlived it. */
export const closeLosesTheWayBack: Mutant = {
  id: 'close-loses-the-way-back',
  title: 'What the driver needs to copy a page back went when the device was closed.',
  source: 'TRD-3',
  primary: 'device.close-keeps',
  earlier: [
    'devices.foreign-access',
    'failure.oom',
    'migrate.detach',
    'migrate.evict-all',
    'pin.brings-back',
    'race.one-order',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override bringBack(batch: MigrateBatch, i: number): FaultResult {
          return this.opened ? super.bringBack(batch, i) : FAULT_SIGBUS;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), close, load(0, 0)],
};
