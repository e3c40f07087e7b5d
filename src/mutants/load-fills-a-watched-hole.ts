import { PRIVATE_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, watch } from '../../spec/vocabulary/shorthand.ts';

export const loadFillsAWatchedHole: Mutant = {
  id: 'load-fills-a-watched-hole',
  title: 'A load of a hole that is watched finds the page of zeros, and nobody is told.',
  source: 'own',
  primary: 'watch.traps-missing',
  earlier: ['race.one-order'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override noneFault(process: Process, index: number, write: boolean): number {
          const isHole = process.kind(index) === PRIVATE_VMA;
          return isHole && !write
            ? this.holeFault(process, index, write)
            : super.noneFault(process, index, write);
        }
      },
  },
  directed: [map(0, 0), watch(0, 0, 'missing'), load(0, 0)],
};
