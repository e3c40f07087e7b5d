import { profilesFrom } from '../../spec/profiles/profile.ts';
import { fork, inject, map, protect, store, toDevice, toSystem } from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isMigration, isSoftDirty, NONE, writable } from '../kernel/entry.ts';
import type { Page } from '../kernel/memory.ts';
import { VMA_WRITE, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const protectMutants: readonly Mutant[] = [
  {
    id: 'protect-keeps-write',
    title: 'Protect leaves WRITE entries as they are.',
    source: 'own',
    requirement: 'protect.downgrades',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override protectedEntry(entry: number, protection: number): number {
            return isDevice(entry) ? entry : super.protectedEntry(entry, protection);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), protect(0, 0, 'read')],
  },
  {
    id: 'protect-upgrades',
    title: 'Protect to writable turns READ entries into WRITE entries, even if the page is shared.',
    source: 'class (c)',
    requirement: 'protect.never-upgrades',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override protectedEntry(entry: number, protection: number): number {
            if (isDevice(entry) && protection === VMA_WRITE) return writable(entry);
            return super.protectedEntry(entry, protection);
          }
        },
    },
    witness: [map(0, 0, 'read'), toDevice(0, 0), protect(0, 0, 'write')],
  },
  /**
   * The hardware's write bit was read from an entry that is not present, where the bit has another meaning. A page that
   * two processes share became writable to both.
   */
  {
    id: 'shared-entry-comes-back-writable',
    title: 'Migration tests the wrong bit of a device entry and treats each one as writable.',
    source: 'C-01',
    requirement: 'protect.never-upgrades',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unmapForMigration(page: Page): void {
            const isOnDevice = page.pagemap !== undefined;
            super.unmapForMigration(page);
            if (!isOnDevice) return;
            for (const process of this.processes) {
              const index = this.indexInVma(process, page);
              const entry = process.entry(index);
              if (isMigration(entry)) process.entries[index] = writable(entry);
            }
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), inject('sigbus'), toSystem(0, 0)],
  },
  {
    id: 'write-is-read-of-the-soft-dirty-bit',
    title:
      'Migration tests the write bit of a device entry as in a present one, which is its soft-dirty bit: a shared page becomes writable for all.',
    source: 'C-01',
    requirement: 'protect.never-upgrades',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override migrationEntryFor(page: Page, entry: number): number {
            const made = super.migrationEntryFor(page, entry);
            return isDevice(entry) && isSoftDirty(entry) ? writable(made) : made;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), toDevice(0, 0), inject('sigbus'), toSystem(0, 0)],
  },
  {
    id: 'protect-brings-pages-back',
    title: 'Protect migrates a device page to system memory first.',
    source: 'own',
    requirement: 'protect.no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override protect(process: Process, index: number, protection: number): void {
            const entry = process.entry(index);
            if (isDevice(entry)) this.deviceFault(process, index, entry);
            super.protect(process, index, protection);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), protect(0, 0, 'read')],
  },
  {
    id: 'protect-passes-over-holes',
    title: 'Protect has no effect on an unpopulated page.',
    source: 'own',
    requirement: 'protect.enforced',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override protect(process: Process, index: number, protection: number): void {
            if (process.entry(index) !== NONE) super.protect(process, index, protection);
          }
        },
    },
    witness: [map(0, 0), protect(0, 0, 'read'), store(0, 0, 1)],
  },
];
