import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { limit, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const holeAtTheLimitKeepsAFrame: Mutant = {
  id: 'hole-at-the-limit-keeps-a-frame',
  title: 'A frame that was taken for a hole that cannot be charged is not given back.',
  source: 'MIG-8',
  primary: 'account.limit-holds',
  earlier: ['migrate.failure-restores', 'race.books'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override mayPlace(source: number, process: Process): boolean {
          const may = super.mayPlace(source, process);
          if (!may) this.takeFrame();
          return may;
        }
      },
  },
  directed: [map(0, 0), limit(0), toDevice(0, 0)],
};
