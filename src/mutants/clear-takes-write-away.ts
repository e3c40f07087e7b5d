import { isDevice, readOnly } from '../kernel/entry.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { clearSoftDirty, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const clearTakesWriteAway: Mutant = {
  id: 'clear-takes-write-away',
  title: 'Clearing soft-dirty write-protects device entries, too, and they are READ for good.',
  source: 'class (a)',
  primary: 'track.quiet',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override cleanEntry(entry: number): number {
          return isDevice(entry) ? readOnly(super.cleanEntry(entry)) : super.cleanEntry(entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), clearSoftDirty(0)],
};
