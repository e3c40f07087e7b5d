import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { evict, fork, map, race, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const evictionMissesTheChild: Mutant = {
  id: 'eviction-misses-the-child',
  title:
    'An eviction moves the page for those who shared it when it began: the child of a fork meanwhile loses it.',
  source: 'class (f)',
  primary: 'race.entries',
  earlier: ['fault.never-direct', 'fork.isolation', 'robust.at-rest'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override letRivalInto(batch: MigrateBatch): void {
          const knew = this.processes.map(({ alive }) => alive);
          super.letRivalInto(batch);
          for (const process of this.processes) {
            if (!process.alive || knew[process.slot] === true) continue;
            for (let i = 0; i < batch.count; i++) {
              const index = batch.isMigrating(i) ? this.placeOf(process, this.page(batch.source(i))) : -1;
              if (index >= 0) this.zapEntry(process, index);
            }
          }
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), race(evict(0, 0), fork(0, 1))],
};
