import type { Result } from '../../spec/vocabulary/result.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { attach, detach, hotAdd } from '../../spec/vocabulary/shorthand.ts';

export const deviceReturnsToItsOldRangeOnly: Mutant = {
  id: 'device-returns-to-its-old-range-only',
  title: 'A device whose old range was given to other memory cannot be attached again.',
  source: 'own',
  primary: 'device.attach',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        override attach(): Result {
          return this.attached || !this.rangeIsTaken ? super.attach() : 'EBUSY';
        }
      },
  },
  directed: [detach, hotAdd, attach],
};
