import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import type { Page } from '../kernel/page.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, pin, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pinnedPageLosesItsEntry: Mutant = {
  id: 'pinned-page-loses-its-entry',
  title: 'A migration that finds a page pinned when it has unmapped it already does not put its entry back.',
  source: 'class (h)',
  primary: 'migrate.skip-restores',
  earlier: [
    'account.group',
    'device.store-lands',
    'fault.brings-back',
    'fork.isolation',
    'migrate.moves-all',
    'pin.stays-put',
    'query.page-map',
    'robust.at-rest',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override mayMove(): boolean {
          return true;
        }

        protected override unmapCollected(batch: MigrateBatch): void {
          super.unmapCollected(batch);
          for (let i = 0; i < batch.count; i++) {
            if (this.isHeld(this.page(batch.source(i)))) batch.giveUp(i);
          }
        }

        protected override finishSkipped(old: Page): void {
          if (this.isHeld(old)) this.putPage(old);
          else super.finishSkipped(old);
        }

        /** Somebody besides the migration holds a page that no entry names. */
        protected isHeld(page: Page): boolean {
          return page.pagemap === undefined && page.maps === 0 && page.refs > 1;
        }
      },
  },
  directed: [map(0, 0), pin(0, 0), toDevice(0, 0)],
};
