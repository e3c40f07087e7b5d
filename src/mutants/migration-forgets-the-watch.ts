import { profilesFrom } from '../../spec/profiles/profile.ts';
import { unwatched } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import type { Mutant } from './mutant.ts';
import { map, store, toDevice, watch } from '../../spec/vocabulary/shorthand.ts';

export const migrationForgetsTheWatch: Mutant = {
  id: 'migration-forgets-the-watch',
  title: 'A page that is watched for stores is not watched on the device.',
  source: 'C-11',
  primary: 'watch.survives',
  earlier: ['watch.traps-store'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override trackedEntry(page: Page, made: number, entry: number): number {
          return super.trackedEntry(page, made, page.pagemap === undefined ? entry : unwatched(entry));
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), watch(0, 0, 'write-protect'), toDevice(0, 0), store(0, 0, 2)],
};
