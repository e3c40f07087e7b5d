import { NO_LIMIT } from '../kernel/control-groups.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { limit, map, store } from '../../spec/vocabulary/shorthand.ts';

export const storePassesTheLimit: Mutant = {
  id: 'store-passes-the-limit',
  title: 'A store fills a hole, though its group is charged for as much as it may be.',
  source: 'class (n)',
  primary: 'account.limit-holds',
  earlier: ['device.store-lands', 'race.one-order'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override holeFault(process: Process, index: number, write: boolean): number {
          const { limits } = this.groups;
          const [first = 0, second = 0] = limits;
          limits.fill(NO_LIMIT);
          const pfn = super.holeFault(process, index, write);
          limits.splice(0, 2, first, second);
          return pfn;
        }
      },
  },
  directed: [map(0, 0), limit(0), store(0, 0, 1)],
};
