import type { Result } from '../../spec/vocabulary/result.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, pin } from '../../spec/vocabulary/shorthand.ts';

export const pinReplacesAPin: Mutant = {
  id: 'pin-replaces-a-pin',
  title: 'A pin into a busy slot replaces the one that is there.',
  source: 'own',
  primary: 'pin.slot',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override pin(process: Process, index: number, slot: number): Result {
          this.unpin(slot);
          return super.pin(process, index, slot);
        }
      },
  },
  directed: [map(0, 0), pin(0, 0), pin(0, 0)],
};
