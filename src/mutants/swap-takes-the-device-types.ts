import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { swapOn } from '../../spec/vocabulary/shorthand.ts';

export const swapTakesTheDeviceTypes: Mutant = {
  id: 'swap-takes-the-device-types',
  title: 'The swap types of device entries are given to swap areas, too.',
  source: 'C-09',
  primary: 'types.swap-limit',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override swapLimit(): number {
          return super.swapLimit() + 2;
        }
      },
  },
  directed: [swapOn(32)],
};
