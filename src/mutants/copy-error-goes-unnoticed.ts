import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FAULT_DONE, FAULT_SIGBUS, type FaultResult } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * The error of the copy engine was dropped, so that user space was given a page that nobody had filled.
 */
export const copyErrorGoesUnnoticed: Mutant = {
  id: 'copy-error-goes-unnoticed',
  title:
    'A copy that failed on the way back counts as done, and the process gets whatever the system page held.',
  source: 'C-25',
  primary: 'failure.sigbus',
  earlier: [
    'count.free-once',
    'device.store-counts',
    'fault.last-value',
    'fork.isolation',
    'kernel.access-errors',
    'migrate.detach',
    'migrate.evict-all',
    'migrate.failure-restores',
    'migrate.must-skip',
    'migrate.transparent',
    'pin.failure',
    'populate.failure',
    'race.one-order',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override bringBack(batch: MigrateBatch, i: number): FaultResult {
          const result = super.bringBack(batch, i);
          if (result !== FAULT_SIGBUS) return result;
          batch.dst[i] = this.kernel.allocPage().pfn;
          return FAULT_DONE;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)],
};
