import { isDevice, readOnly } from '../kernel/entry.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, move, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const moveTakesWriteAway: Mutant = {
  id: 'move-takes-write-away',
  title: 'A WRITE entry that is moved to another address is READ there.',
  source: 'class (a)',
  primary: 'move.entry',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override movedEntry(entry: number): number {
          return isDevice(entry) ? readOnly(super.movedEntry(entry)) : super.movedEntry(entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), move(0, 0, 1)],
};
