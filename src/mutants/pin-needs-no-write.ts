import { MAY_READ, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, pin } from '../../spec/vocabulary/shorthand.ts';

export const pinNeedsNoWrite: Mutant = {
  id: 'pin-needs-no-write',
  title: 'A pin for writing is given at a mapping that can only be read.',
  source: 'class (c)',
  primary: 'pin.permission',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override pinnable(process: Process, index: number): number {
          return this.touch(process, index, process.protection(index) !== MAY_READ);
        }
      },
  },
  directed: [map(0, 0, 'read'), pin(0, 0)],
};
