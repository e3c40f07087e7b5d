import { NO_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * A hole was filled without a look at whether the mapping was still there: a page appeared in memory that
 * had been taken away.
 */
export const migrationMapsTheUnmapped: Mutant = {
  id: 'migration-maps-the-unmapped',
  title: 'A migration makes a page where nothing is mapped.',
  source: 'C-30',
  primary: 'migrate.must-skip',
  earlier: ['migrate.failure-restores', 'race.one-order'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override holeMayMove(process: Process, index: number): boolean {
          return process.kind(index) === NO_VMA || super.holeMayMove(process, index);
        }

        protected override isCollectable(process: Process, index: number): boolean {
          return process.kind(index) === NO_VMA || super.isCollectable(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0, 2)],
};
