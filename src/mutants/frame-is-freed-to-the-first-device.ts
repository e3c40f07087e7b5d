import type { Page } from '../kernel/page.ts';
import { PRIVATE } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { detach, load, map, onDevice, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const frameIsFreedToTheFirstDevice: Mutant = {
  id: 'frame-is-freed-to-the-first-device',
  title: 'page_free is called in the driver of the first device, which has a frame too many from then on.',
  source: 'class (j)',
  primary: 'migrate.detach',
  earlier: [
    'device.load-quiet',
    'devices.foreign-access',
    'devices.owner-called',
    'migrate.independent',
    'migrate.moves-all',
    'migrate.must-skip',
    'migrate.vector',
    'robust.at-rest',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override callPageFree(page: Page): void {
          const first = this.pages.find(({ pagemap }) => pagemap?.type === PRIVATE)?.pagemap;
          if (first !== undefined) super.callPageFree(page, first);
        }
      },
  },
  directed: [map(0, 0), onDevice(1, toDevice(0, 0)), load(0, 0), onDevice(1, detach)],
};
