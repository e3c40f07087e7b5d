import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';

/**
 * The mapping of an anonymous page was cleared for system pages only. The next page on the frame inherited
 * it.
 */
export const reusedFrameKeepsItsOldMapping: Mutant = {
  id: 'reused-frame-keeps-its-old-mapping',
  title:
    'A freed frame keeps the mapping of its last owner, and reverse mapping looks for its next owner at the wrong page.',
  source: 'C-06',
  primary: 'fault.brings-back',
  earlier: [
    'account.limit-spares-return',
    'device.store-lands',
    'devices.foreign-access',
    'exclusive.returns-first',
    'failure.oom',
    'fault.extras-optional',
    'migrate.detach',
    'migrate.evict-all',
    'pin.brings-back',
    'pin.failure',
    'populate.brings-back',
    'race.one-order',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override clearMapping(page: Page): void {
          if (page.pagemap === undefined) super.clearMapping(page);
        }
      },
  },
  directed: [map(0, 0), map(0, 1), toDevice(0, 0), unmap(0, 0), toDevice(0, 1), load(0, 1)],
};
