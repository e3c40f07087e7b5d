import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FROM_DEVICE, type Selection } from '../kernel/migrate.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, lock, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const lockedPageCannotComeBack: Mutant = {
  id: 'locked-page-cannot-come-back',
  title:
    'A page on the device whose mapping is locked is taken for one that must not move, and cannot come back.',
  source: 'own',
  primary: 'fault.brings-back',
  earlier: [
    'account.limit-spares-return',
    'device.store-lands',
    'exclusive.returns-first',
    'failure.oom',
    'fault.extras-optional',
    'kernel.access-returns',
    'pin.brings-back',
    'populate.brings-back',
    'populate.failure',
    'race.one-order',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override collect(
          batch: MigrateBatch,
          i: number,
          process: Process,
          index: number,
          from: Selection,
        ): void {
          if (from === FROM_DEVICE && process.isLocked(index)) return;
          super.collect(batch, i, process, index, from);
        }
      },
  },
  directed: [map(0, 0), lock(0, 0), toDevice(0, 0), load(0, 0)],
};
