import { profilesWith } from '../../spec/profiles/profile.ts';
import type { QueryResult, Result } from '../../spec/vocabulary/result.ts';
import {
  clearSoftDirty,
  collapse,
  kernelStore,
  load,
  map,
  protect,
  softDirty,
  store,
  toDevice,
  toSystem,
} from '../../spec/vocabulary/shorthand.ts';
import { cleaned, dirtied, isDevice, isPresent, isSoftDirty, readOnly } from '../kernel/entry.ts';
import type { Page } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { compoundToDevice, mapBlock, planted, STORED_FOLIO } from './folio-bug.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const trackMutants: readonly Mutant[] = [
  {
    id: 'load-makes-the-page-dirty',
    title: 'A load of a clean page makes it soft-dirty.',
    source: 'own',
    requirement: 'track.clear',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override load(process: Process, index: number): Result {
            const result = super.load(process, index);
            const entry = process.entry(index);
            if (isPresent(entry)) process.entries[index] = dirtied(entry);
            return result;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), clearSoftDirty(0), load(0, 0), softDirty(0, 0)],
  },
  {
    id: 'kernel-store-leaves-the-page-clean',
    title: 'A kernel store at a user address does not make the page soft-dirty.',
    source: 'class (m)',
    requirement: 'track.store',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override kernelStore(process: Process, index: number, value: number): Result {
            const wasDirty = isSoftDirty(process.entry(index));
            const result = super.kernelStore(process, index, value);
            const entry = process.entry(index);
            if (!wasDirty && isPresent(entry)) process.entries[index] = cleaned(entry);
            return result;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), clearSoftDirty(0), kernelStore(0, 0, 2), softDirty(0, 0)],
  },
  {
    id: 'store-leaves-the-page-clean',
    title: 'A store through a WRITE entry does not make the page soft-dirty.',
    source: 'class (m)',
    requirement: 'track.store',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override noteStore(process: Process, index: number): void {
            const entry = process.entry(index);
            const isNew = isSoftDirty(entry);
            super.noteStore(process, index);
            if (!isNew && isPresent(entry)) process.entries[index] = cleaned(process.entry(index));
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), clearSoftDirty(0), store(0, 0, 2), softDirty(0, 0)],
  },
  {
    id: 'asking-for-dirt-brings-pages-back',
    title: 'Reading the soft-dirty bit of a page migrates it to system memory.',
    source: 'own',
    requirement: 'track.no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override softDirty(process: Process, index: number): QueryResult {
            const entry = process.entry(index);
            if (isDevice(entry)) this.deviceFault(process, index, entry);
            return super.softDirty(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), softDirty(0, 0)],
  },
  /** Clearing may do so, because the process must notice the next store; a query has no such reason. */
  {
    id: 'asking-for-dirt-takes-write-away',
    title: 'Reading the soft-dirty bit of a page turns its WRITE entry to READ.',
    source: 'class (a)',
    requirement: 'track.no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override softDirty(process: Process, index: number): QueryResult {
            const entry = process.entry(index);
            if (isDevice(entry)) process.entries[index] = readOnly(entry);
            return super.softDirty(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), softDirty(0, 0)],
  },
  {
    id: 'clear-spares-device-entries',
    title: 'Clearing soft-dirty skips entries that are not present.',
    source: 'class (q)',
    requirement: 'track.clear',
    profiles: profilesWith(({ tracksThroughMigration }) => tracksThroughMigration),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override cleanEntry(entry: number): number {
            return isDevice(entry) ? entry : super.cleanEntry(entry);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), toDevice(0, 0), clearSoftDirty(0), softDirty(0, 0)],
  },
  {
    id: 'migration-forgets-soft-dirty',
    title: 'A soft-dirty page is clean after it has migrated to the device.',
    source: 'C-11',
    requirement: 'track.survives',
    profiles: profilesWith(({ tracksThroughMigration }) => tracksThroughMigration),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override trackedEntry(page: Page, made: number, entry: number): number {
            return super.trackedEntry(page, made, page.pagemap === undefined ? entry : cleaned(entry));
          }
        },
    },
    witness: [map(0, 0), clearSoftDirty(0), store(0, 0, 1), toDevice(0, 0), softDirty(0, 0)],
  },
  {
    id: 'return-forgets-soft-dirty',
    title: 'A soft-dirty page is clean after it has migrated to system memory.',
    source: 'C-11',
    requirement: 'track.survives',
    profiles: profilesWith(({ tracksThroughMigration }) => tracksThroughMigration),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override trackedEntry(page: Page, made: number, entry: number): number {
            return super.trackedEntry(page, made, page.pagemap === undefined ? cleaned(entry) : entry);
          }
        },
    },
    witness: [map(0, 0), clearSoftDirty(0), store(0, 0, 1), toDevice(0, 0), toSystem(0, 0), softDirty(0, 0)],
  },
  {
    id: 'soft-dirty-is-read-of-the-type',
    title:
      'Migration tests the soft-dirty bit of a device entry as in a present one, which is a bit of its swap type: every page that migrates to system memory is soft-dirty.',
    source: 'C-10',
    requirement: 'track.survives',
    profiles: profilesWith(({ tracksThroughMigration }) => tracksThroughMigration),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override migrationEntryFor(page: Page, entry: number): number {
            const made = super.migrationEntryFor(page, entry);
            // Every device type has the bit that would make a present entry soft-dirty.
            return isDevice(entry) ? dirtied(made) : made;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), clearSoftDirty(0), toDevice(0, 0), toSystem(0, 0), softDirty(0, 0)],
  },
  planted({
    id: 'split-entry-is-clean',
    title: 'The entries that replace a whole entry are not soft-dirty.',
    source: 'class (b)',
    requirement: 'track.store',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override entryOfPart(whole: number, at: number): number {
            return cleaned(super.entryOfPart(whole, at));
          }
        },
    },
    witness: [mapBlock(), clearSoftDirty(0), store(0, 1, 1), protect(0, 0, 'read'), softDirty(0, 1)],
  }),
  planted({
    id: 'whole-entry-is-clean-after-migration',
    title: 'A whole entry of a large folio that migrated is not soft-dirty.',
    source: 'C-11',
    requirement: 'track.survives',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override replaceWholeEntry(
            process: Process,
            index: number,
            whole: number,
            folio: Page,
          ): void {
            super.replaceWholeEntry(process, index, cleaned(whole), folio);
          }
        },
    },
    witness: [mapBlock(), clearSoftDirty(0), store(0, 1, 1), compoundToDevice(), softDirty(0, 1)],
  }),
  planted({
    id: 'clear-skips-whole-device-entries',
    title: 'Clearing soft-dirty skips whole entries on a device.',
    requirement: 'track.clear',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override cleanPage(process: Process, index: number): void {
            if (!isDevice(process.wholeEntry(index))) super.cleanPage(process, index);
          }
        },
    },
    witness: [...STORED_FOLIO, clearSoftDirty(0), softDirty(0, 1)],
  }),
  planted({
    id: 'collapse-forgets-stores',
    title: 'The whole entry that a collapse makes is not soft-dirty.',
    requirement: 'track.store',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isDirtyBlock(): boolean {
            return false;
          }
        },
    },
    witness: [map(0, 0), map(0, 1), clearSoftDirty(0), store(0, 1, 1), collapse(0, 0), softDirty(0, 1)],
  }),
];
