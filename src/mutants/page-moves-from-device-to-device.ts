import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isDevice, pfnOf } from '../kernel/entry.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FROM_SYSTEM, type Selection } from '../kernel/migrate.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { map, onDevice, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pageMovesFromDeviceToDevice: Mutant = {
  id: 'page-moves-from-device-to-device',
  title: 'A page that is on another device is migrated from there.',
  source: 'class (j)',
  primary: 'devices.foreign-skipped',
  earlier: ['race.one-order'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override collect(
          batch: MigrateBatch,
          i: number,
          process: Process,
          index: number,
          from: Selection,
        ): void {
          super.collect(batch, i, process, index, from);
          const entry = process.entry(index);
          if (from !== FROM_SYSTEM || !isDevice(entry)) return;
          const page = this.page(pfnOf(entry));
          if (page.pagemap !== batch.owner) this.collectPage(batch, i, page);
        }
      },
  },
  directed: [map(0, 0), onDevice(1, toDevice(0, 0)), toDevice(0, 0)],
};
