import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice, toSystem } from '../../spec/vocabulary/shorthand.ts';

export const movedPageKeepsItsFrame: Mutant = {
  id: 'moved-page-keeps-its-frame',
  title: "The frame that a page has left keeps the migration's reference and is never freed.",
  source: 'class (e)',
  primary: 'migrate.frees-source',
  earlier: [
    'count.free-once',
    'device.store-place',
    'devices.foreign-access',
    'migrate.detach',
    'migrate.evict-all',
    'migrate.must-skip',
    'race.books',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override finishMoved(old: Page, page: Page): void {
          this.replaceMigrationEntries(old, page);
          if (old.pagemap === undefined) this.putPage(old);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), toSystem(0, 0)],
};
