import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const holeIsNotCleared: Mutant = {
  id: 'hole-is-not-cleared',
  title: 'A hole that moves to the device shows what the frame held before.',
  source: 'class (s)',
  primary: 'migrate.hole-is-zero',
  earlier: [
    'failure.oom',
    'fault.last-value',
    'fork.isolation',
    'fork.pin-stays',
    'kernel.access-returns',
    'migrate.transparent',
    'pin.sees-stores',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override clear(): void {
          // Frames are not cleared when they are freed, either.
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), load(0, 0)],
};
