import { PRIVATE_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice, watch } from '../../spec/vocabulary/shorthand.ts';

export const watchedHoleMigrates: Mutant = {
  id: 'watched-hole-migrates',
  title: 'A hole that is watched for missing pages is filled by a migration.',
  source: 'MIG-8',
  primary: 'watch.missing-stays',
  earlier: ['migrate.failure-restores', 'race.one-order'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override holeMayMove(process: Process, index: number): boolean {
          return process.kind(index) === PRIVATE_VMA;
        }
      },
  },
  directed: [map(0, 0), watch(0, 0, 'missing'), toDevice(0, 0)],
};
