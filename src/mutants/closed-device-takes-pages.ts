import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { close, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const closedDeviceTakesPages: Mutant = {
  id: 'closed-device-takes-pages',
  title: 'Pages are migrated to a device that nobody has open.',
  source: 'own',
  primary: 'device.closed',
  earlier: ['migrate.failure-restores', 'race.one-order'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override takesPages(): boolean {
          return this.attached;
        }
      },
  },
  directed: [map(0, 0), close, toDevice(0, 0)],
};
