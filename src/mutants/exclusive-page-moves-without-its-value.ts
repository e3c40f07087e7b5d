import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isExclusive, pfnOf } from '../kernel/entry.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FROM_SYSTEM, type Selection } from '../kernel/migrate.ts';
import { fillPage } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { load, makeExclusive, map, store, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const exclusivePageMovesWithoutItsValue: Mutant = {
  id: 'exclusive-page-moves-without-its-value',
  title: 'An exclusive page that moves to the device is taken for a hole: it is cleared there.',
  source: 'C-39',
  primary: 'fault.last-value',
  earlier: [
    'device.load-value',
    'exclusive.exchange',
    'exclusive.revoked',
    'fork.isolation',
    'migrate.failure-restores',
    'migrate.skip-restores',
    'migrate.transparent',
    'race.value',
  ],
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
          const entry = process.entry(index);
          if (from !== FROM_SYSTEM || !isExclusive(entry)) {
            super.collect(batch, i, process, index, from);
            return;
          }
          const page = this.page(pfnOf(entry));
          if (!this.mayMove(page)) return;
          fillPage(page, 0);
          this.collectPage(batch, i, page);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), makeExclusive(0, 0), toDevice(0, 0), load(0, 0)],
};
