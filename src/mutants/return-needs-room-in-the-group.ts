import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FAULT_OOM, type FaultResult } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { limit, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const returnNeedsRoomInTheGroup: Mutant = {
  id: 'return-needs-room-in-the-group',
  title: 'A page comes back only where its group could be charged for one more.',
  source: 'class (n)',
  primary: 'account.limit-spares-return',
  earlier: [
    'count.free-once',
    'devices.foreign-access',
    'exclusive.returns-first',
    'fault.brings-back',
    'kernel.access-returns',
    'migrate.detach',
    'migrate.evict-all',
    'pin.brings-back',
    'populate.brings-back',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override bringBack(batch: MigrateBatch, i: number): FaultResult {
          const { group } = this.kernel.page(batch.source(i));
          return this.kernel.groups.isFull(group) ? FAULT_OOM : super.bringBack(batch, i);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), limit(0), load(0, 0)],
};
