import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const driverTakesAFrameInUse: Mutant = {
  id: 'driver-takes-a-frame-in-use',
  title: 'The driver hands out a frame that is mapped already, where there is one.',
  source: 'own',
  primary: 'count.one-object',
  earlier: [
    'device.load-value',
    'device.store-lands',
    'failure.poison-releases',
    'fault.brings-back',
    'migrate.frees-source',
    'migrate.must-skip',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override takeFrame(): Page | undefined {
          const used = this.frames.find((page) => page.maps > 0);
          if (used === undefined) return super.takeFrame();
          this.note({ event: 'alloc', frame: used.data });
          this.kernel.getPage(used);
          return used;
        }
      },
  },
  directed: [map(0, 0), map(0, 1), toDevice(0, 0), toDevice(0, 1)],
};
