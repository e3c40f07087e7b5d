import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice, isWatched, pfnOf } from '../kernel/entry.ts';
import { fillPage } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { deviceStore, map, toDevice, watch } from '../../spec/vocabulary/shorthand.ts';

export const deviceStorePassesTheWatch: Mutant = {
  id: 'device-store-passes-the-watch',
  title: 'A device stores to its page, though a watch has made the entry READ.',
  source: 'own',
  primary: 'watch.traps-store',
  earlier: ['watch.survives'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    driver: (base) =>
      class extends base {
        override deviceStore(process: Process, index: number, value: number): Result {
          const entry = process.entry(index);
          const lands =
            isDevice(entry) && isWatched(entry) && this.refusal(process, index, true) === undefined;
          if (!lands || !this.isOwn(entry)) return super.deviceStore(process, index, value);
          fillPage(this.kernel.page(pfnOf(entry)), value);
          return 'ok';
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), watch(0, 0, 'write-protect'), deviceStore(0, 0, 1)],
};
