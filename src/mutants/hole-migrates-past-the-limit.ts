import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { limit, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const holeMigratesPastTheLimit: Mutant = {
  id: 'hole-migrates-past-the-limit',
  title: 'A hole becomes a page on the device, though its group is charged for as much as it may be.',
  source: 'MIG-8',
  primary: 'account.limit-holds',
  earlier: ['migrate.failure-restores'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override mayPlace(): boolean {
          return true;
        }
      },
  },
  directed: [map(0, 0), limit(0), toDevice(0, 0)],
};
