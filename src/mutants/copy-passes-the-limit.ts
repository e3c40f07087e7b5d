import { NO_LIMIT } from '../kernel/control-groups.ts';
import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, limit, map, store } from '../../spec/vocabulary/shorthand.ts';

export const copyPassesTheLimit: Mutant = {
  id: 'copy-passes-the-limit',
  title: 'A sharing is broken, though the group is charged for as much as it may be.',
  source: 'class (n)',
  primary: 'account.limit-holds',
  earlier: ['device.store-lands'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override breakSharing(process: Process, index: number, old: Page): number {
          const { limits } = this.groups;
          const [first = 0, second = 0] = limits;
          limits.fill(NO_LIMIT);
          const pfn = super.breakSharing(process, index, old);
          limits.splice(0, 2, first, second);
          return pfn;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), limit(0), store(0, 0, 2)],
};
