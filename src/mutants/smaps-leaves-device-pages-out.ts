import { isDevice } from '../kernel/entry.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, smaps, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const smapsLeavesDevicePagesOut: Mutant = {
  id: 'smaps-leaves-device-pages-out',
  title: 'The sum of a process leaves out what is on the device.',
  source: 'class (q)',
  primary: 'query.smaps',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isCounted(entry: number): boolean {
          return !isDevice(entry) && super.isCounted(entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), smaps(0)],
};
