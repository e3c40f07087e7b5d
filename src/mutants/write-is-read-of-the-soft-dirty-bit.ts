import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isDevice, isSoftDirty, writable } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import type { Mutant } from './mutant.ts';
import { fork, inject, map, store, toDevice, toSystem } from '../../spec/vocabulary/shorthand.ts';

export const writeIsReadOfTheSoftDirtyBit: Mutant = {
  id: 'write-is-read-of-the-soft-dirty-bit',
  title:
    'Migration reads whether a device entry may write as it would of a present one, and finds the bit by which it is soft-dirty: what was shared becomes writable for all.',
  source: 'C-01',
  primary: 'protect.never-upgrades',
  earlier: ['account.charge', 'device.store-place', 'fork.isolation', 'watch.survives', 'watch.traps-store'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override migrationEntryFor(page: Page, entry: number): number {
          const made = super.migrationEntryFor(page, entry);
          return isDevice(entry) && isSoftDirty(entry) ? writable(made) : made;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), toDevice(0, 0), inject('sigbus'), toSystem(0, 0)],
};
