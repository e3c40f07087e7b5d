import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FAULT_DONE, type FaultResult } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { evict, load, map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const evictForgetsToCopy: Mutant = {
  id: 'evict-forgets-to-copy',
  title: 'A page that is evicted comes back as zeros.',
  source: 'own',
  primary: 'migrate.transparent',
  earlier: [
    'device.load-value',
    'devices.foreign-value',
    'exclusive.revoked',
    'fault.last-value',
    'fork.isolation',
    'fork.pin-stays',
    'move.value',
    'pin.sees-stores',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override bringBack(batch: MigrateBatch, i: number): FaultResult {
          const result = super.bringBack(batch, i);
          // Only an eviction takes pages by their frame.
          if (result === FAULT_DONE && batch.process === undefined)
            this.clear(this.kernel.page(batch.destination(i)));
          return result;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), toDevice(0, 0), evict(0, 0), load(0, 0)],
};
