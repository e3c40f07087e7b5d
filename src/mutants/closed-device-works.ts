import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { close, deviceLoad, map } from '../../spec/vocabulary/shorthand.ts';

export const closedDeviceWorks: Mutant = {
  id: 'closed-device-works',
  title: 'A closed device goes on loading and storing.',
  source: 'own',
  primary: 'device.closed',
  earlier: ['exclusive.permission'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override isUsable(): boolean {
          return this.attached;
        }
      },
  },
  directed: [map(0, 0), close, deviceLoad(0, 0)],
};
