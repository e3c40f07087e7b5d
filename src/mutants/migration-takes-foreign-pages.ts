import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import type { Page } from '../kernel/page.ts';
import type { Mutant } from './mutant.ts';
import { map, onDevice, toDevice, toSystem } from '../../spec/vocabulary/shorthand.ts';

/** Page maps had no owners, so that each driver took every device page for one of its own. */
export const migrationTakesForeignPages: Mutant = {
  id: 'migration-takes-foreign-pages',
  title: 'A device migrates the pages of another one as if they were its own.',
  source: 'C-17',
  primary: 'devices.foreign-skipped',
  earlier: ['count.free-once', 'devices.foreign-access', 'race.one-order'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override collectOwn(batch: MigrateBatch, i: number, page: Page): void {
          this.collectPage(batch, i, page);
        }
      },
  },
  directed: [map(0, 0), onDevice(1, toDevice(0, 0)), toSystem(0, 0)],
};
