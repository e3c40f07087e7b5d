import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * The source of a hole was noted at the index as it was, its destination at the index after it had been
 * counted up: the last one beyond the end of the range.
 */
export const holeFillsTheNextSlot: Mutant = {
  id: 'hole-fills-the-next-slot',
  title: 'The destination of a hole is noted one place too far along the range.',
  source: 'C-14',
  primary: 'migrate.frees-source',
  earlier: [
    'account.charge',
    'device.load-value',
    'fault.last-value',
    'fork.isolation',
    'migrate.failure-restores',
    'migrate.transparent',
    'migrate.vector',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override migratePages(batch: MigrateBatch): void {
          for (let i = batch.count - 1; i >= 0; i--) {
            if (!batch.isMigrating(i) || batch.source(i) !== 0) continue;
            batch.dst[i + 1] = batch.destination(i);
            batch.dst[i] = 0;
          }
          super.migratePages(batch);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0)],
};
