import { PRIVATE } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { detach, map, onDevice, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const detachEvictsEveryDevice: Mutant = {
  id: 'detach-evicts-every-device',
  title: 'A device that goes evicts the pages of all devices.',
  source: 'class (j)',
  primary: 'devices.apart',
  earlier: ['failure.sigbus', 'migrate.detach', 'migrate.evict-all'],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override evictEverything(): number {
          for (const page of this.kernel.pages) {
            const isForeign = page.pagemap?.type === PRIVATE && page.pagemap !== this.pagemap;
            if (isForeign && this.isInUse(page)) this.evictPage(page);
          }
          return super.evictEverything();
        }
      },
  },
  directed: [map(0, 0), onDevice(1, toDevice(0, 0)), detach],
};
