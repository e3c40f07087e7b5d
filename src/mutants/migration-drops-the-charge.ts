import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const migrationDropsTheCharge: Mutant = {
  id: 'migration-drops-the-charge',
  title: 'A page that moves is no longer charged to anybody.',
  source: 'class (n)',
  primary: 'account.charge',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override moveCharge(from: Page): void {
          this.uncharge(from);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), toDevice(0, 0)],
};
