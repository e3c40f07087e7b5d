import { pfnOf } from '../kernel/entry.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { type FaultResult, PRIVATE } from '../kernel/pagemap.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * The fault path began to hold the page while it called the driver; a driver that did not say so to the
 * migration found one reference more than the entries explain, and gave up every time.
 */
export const ownReferenceBlocksTheReturn: Mutant = {
  id: 'own-reference-blocks-the-return',
  title:
    "The fault's own reference to the frame is taken for somebody else's, and the page does not come back.",
  source: 'C-23',
  primary: 'fault.brings-back',
  earlier: [
    'account.limit-spares-return',
    'devices.foreign-access',
    'failure.oom',
    'fault.extras-optional',
    'kernel.access-returns',
    'migrate.detach',
    'pin.brings-back',
    'pin.failure',
    'populate.brings-back',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override deviceFault(process: Process, index: number, entry: number): FaultResult {
          const page = this.page(pfnOf(entry));
          this.getPage(page);
          const result = super.deviceFault(process, index, entry);
          this.putPage(page);
          return result;
        }

        protected override unmapCollected(batch: MigrateBatch): void {
          super.unmapCollected(batch);
          for (let i = 0; i < batch.count; i++) {
            const { pagemap, refs } = this.page(batch.source(i));
            // The migration's reference alone should be left.
            if (pagemap?.type === PRIVATE && refs > this.freeCount + 1) batch.giveUp(i);
          }
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), load(0, 0)],
};
