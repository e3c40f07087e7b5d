import type { PageOutcome, Result } from '../../spec/vocabulary/result.ts';
import {
  detach,
  evict,
  evictAll,
  fork,
  inject,
  load,
  map,
  onDevice,
  pin,
  store,
  toDevice,
  toSystem,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, pfnOf, writable } from '../kernel/entry.ts';
import { FROM_DEVICE, type MigrateBatch, type Selection } from '../kernel/migrate-batch.ts';
import { FAULT_DONE, type FaultResult, type Page, PAGEMAP_PRIVATE } from '../kernel/memory.ts';
import { NO_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const migrateMutants: readonly Mutant[] = [
  {
    id: 'evict-forgets-to-copy',
    title: 'An evicted page has the value zero afterwards.',
    source: 'own',
    requirement: 'migrate.transparent',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override migrateBack(batch: MigrateBatch, i: number): FaultResult {
            const result = super.migrateBack(batch, i);
            // Only an eviction collects pages by their frame.
            if (result === FAULT_DONE && batch.process === undefined)
              this.clear(this.kernel.page(batch.destination(i)));
            return result;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), toDevice(0, 0), evict(0, 0), load(0, 0)],
  },
  {
    id: 'answers-for-the-next-page',
    title: 'The result for each page of a range is that of the next page.',
    source: 'class (i)',
    requirement: 'migrate.result-per-page',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override outcomes(batch: MigrateBatch): PageOutcome[] {
            const [first, ...others] = super.outcomes(batch);
            return first === undefined ? others : [...others, first];
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0, 2)],
  },
  {
    id: 'one-sharer-moves',
    title: 'When a page migrates to the device, only the first entry that reverse mapping finds is replaced.',
    source: 'class (b)',
    requirement: 'migrate.moves-all',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override replaceMigrationEntry(
            process: Process,
            index: number,
            entry: number,
            page: Page,
          ): void {
            if (page.pagemap !== undefined && page.maps > 0) return;
            super.replaceMigrationEntry(process, index, entry, page);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), toDevice(0, 0)],
  },
  {
    id: 'migration-grants-write',
    title:
      'Every entry of a page that migrates to the device is WRITE if its mapping is writable, even if it is shared.',
    source: 'class (a)',
    requirement: 'migrate.write-sole',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override replaceMigrationEntry(
            process: Process,
            index: number,
            entry: number,
            page: Page,
          ): void {
            const granted = page.pagemap === undefined ? entry : writable(entry);
            super.replaceMigrationEntry(process, index, granted, page);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), toDevice(0, 0)],
  },
  {
    id: 'hole-is-not-cleared',
    title: 'An unpopulated page that migrates to the device shows the old content of the frame.',
    source: 'class (s)',
    requirement: 'migrate.unpopulated-is-zero',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override clear(): void {
            // Frames are not cleared when they are freed, either.
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), load(0, 0)],
  },
  /**
   * An unpopulated page was populated without a check that its mapping still existed: a page appeared in memory that
   * had been unmapped.
   */
  {
    id: 'migration-maps-the-unmapped',
    title: 'A migration populates an address where nothing is mapped.',
    source: 'C-30',
    requirement: 'migrate.must-skip',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unpopulatedMayMove(process: Process, index: number): boolean {
            return process.kind(index) === NO_VMA || super.unpopulatedMayMove(process, index);
          }

          protected override isCollectable(process: Process, index: number): boolean {
            return process.kind(index) === NO_VMA || super.isCollectable(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0, 2)],
  },
  {
    id: 'pinned-page-loses-its-entry',
    title: 'A migration that finds a page pinned after unmapping it does not restore its entry.',
    source: 'class (h)',
    requirement: 'migrate.skip-restores',
    profiles: EVERY_PROFILE,
    mutation: {
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

          /** Whether a page that no entry names has a reference other than the migration's. */
          protected isHeld(page: Page): boolean {
            return page.pagemap === undefined && page.maps === 0 && page.refs > 1;
          }
        },
    },
    witness: [map(0, 0), pin(0, 0), toDevice(0, 0)],
  },
  {
    id: 'failed-copy-leaves-a-migration-entry',
    title: 'If the copy to the device fails, the migration entries stay and the page is dropped.',
    source: 'class (h)',
    requirement: 'migrate.failure-restores',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override finishSkipped(old: Page): void {
            if (old.pagemap === undefined) this.putPage(old);
            else super.finishSkipped(old);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), inject('no-copy'), toDevice(0, 0)],
  },
  {
    id: 'failed-copy-keeps-its-frame',
    title: 'A frame that was allocated for a failed copy is not freed.',
    source: 'class (d)',
    requirement: 'migrate.failure-restores',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override fillFrame(
            frame: Page,
            source: number,
            process: Process,
            index: number,
          ): boolean {
            if (super.fillFrame(frame, source, process, index)) return true;
            this.kernel.getPage(frame);
            return false;
          }
        },
    },
    witness: [map(0, 0), inject('no-copy'), toDevice(0, 0)],
  },
  {
    id: 'failure-ends-the-range',
    title:
      'The end of a migration stops at the first page that failed: later pages keep their migration entries.',
    source: 'class (h)',
    requirement: 'migrate.independent',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override migrateFinalize(batch: MigrateBatch): void {
            const { count } = batch;
            for (let i = 0; i < count; i++) {
              if (batch.source(i) === 0 || batch.isMigrating(i)) continue;
              batch.count = i + 1;
              break;
            }
            super.migrateFinalize(batch);
            batch.count = count;
          }
        },
    },
    witness: [
      map(0, 0),
      map(0, 1),
      store(0, 0, 1),
      store(0, 1, 2),
      inject('no-copy', 1, { process: 0, page: 0 }),
      toDevice(0, 0, 2),
    ],
  },
  {
    id: 'migration-back-calls-page-fault',
    title: 'A requested migration to system memory calls page_fault for each page.',
    source: 'own',
    requirement: 'migrate.no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override migrateToSystem(process: Process, start: number, count: number): PageOutcome[] {
            for (let index = start; index < start + count; index++) {
              const entry = process.entry(index);
              if (!isDevice(entry)) continue;
              this.note({
                event: 'fault',
                process: process.slot,
                page: index,
                frame: this.kernel.page(pfnOf(entry)).data,
              });
            }
            return super.migrateToSystem(process, start, count);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), toSystem(0, 0)],
  },
  /**
   * The source of an unpopulated page was stored at the index before it was incremented, its destination at the index
   * afterwards: the last one lies beyond the end of the range.
   */
  {
    id: 'hole-fills-the-next-slot',
    title: 'The destination of an unpopulated page is recorded for the next page of the range.',
    source: 'C-14',
    requirement: 'migrate.frees-source',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override migratePages(batch: MigrateBatch): void {
            for (let i = batch.count - 1; i >= 0; i--) {
              if (!batch.isMigrating(i) || batch.source(i) !== 0) continue;
              batch.dst[i + 1] = batch.destination(i);
              batch.dst[i] = 0;
            }
            super.migratePages(batch);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0)],
  },
  {
    id: 'moved-page-keeps-its-frame',
    title: "The source frame keeps the migration's reference and is never freed.",
    source: 'class (e)',
    requirement: 'migrate.frees-source',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override finishMoved(old: Page, page: Page): void {
            this.replaceMigrationEntries(old, page);
            if (old.pagemap === undefined) this.putPage(old);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), toSystem(0, 0)],
  },
  /**
   * The pagemap's reference was taken once for each page, when it was created, instead of at each allocation.
   * Unplugging did not wait for it.
   */
  {
    id: 'allocation-is-not-counted',
    title: 'Allocated frames are not counted: the device can be detached while it has pages.',
    source: 'C-20',
    requirement: 'migrate.detach',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override allocateFrame(): Page | undefined {
            const page = super.allocateFrame();
            if (page !== undefined) this.pagemap.ref--;
            return page;
          }

          protected override pageFree(page: Page): void {
            super.pageFree(page);
            this.pagemap.ref++;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), detach],
  },
  /** The driver was unloaded with pages of processes still on the device. */
  {
    id: 'detach-without-eviction',
    title: 'Detach does not evict the pages of the device.',
    source: 'C-21',
    requirement: 'migrate.detach',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override detach(): Result {
            if (!this.attached) return 'ENODEV';
            this.attached = false;
            return 'ok';
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), detach],
  },
  {
    id: 'frame-is-freed-to-the-first-device',
    title:
      'page_free is always called in the driver of the first device, which counts a free frame too many from then on.',
    source: 'class (j)',
    requirement: 'migrate.detach',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override callPageFree(page: Page): void {
            const first = this.pages.find(({ pagemap }) => pagemap?.type === PAGEMAP_PRIVATE)?.pagemap;
            if (first !== undefined) super.callPageFree(page, first);
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), load(0, 0), onDevice(1, detach)],
  },
  {
    id: 'evict-all-counts-what-stayed',
    title: 'Evict-all returns the number of pages that it tried, not of those that migrated.',
    source: 'class (g)',
    requirement: 'migrate.evict-all',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override evictEverything(): number {
            const tried = this.frames.filter((page) => this.isInUse(page)).length;
            super.evictEverything();
            return tried;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), evictAll],
  },
  /** One of the two code paths for unmapping a page always made a READ migration entry. Only the speed suffered. */
  {
    id: 'migration-forgets-write',
    title: 'Every entry of a page that migrates to the device is READ: the next device store has to copy.',
    source: 'C-18',
    requirement: 'migrate.keeps-write',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override entryFor(page: Page, write: boolean): number {
            return super.entryFor(page, write && page.pagemap === undefined);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), toDevice(0, 0)],
  },
  /**
   * In that bug, the references belonged to tasks that waited for the end of a migration, and made the next migration
   * fail.
   */
  {
    id: 'sharers-look-like-pins',
    title: 'The references of the processes that share a page count as pins, and the page does not migrate.',
    source: 'C-28',
    requirement: 'migrate.progress',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override mayMove(page: Page): boolean {
            return page.refs === 1;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), toDevice(0, 0)],
  },
  {
    id: 'range-migrates-its-first-page-only',
    title: 'Only the first page of a range migrates to the device.',
    source: 'own',
    requirement: 'migrate.progress',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override collect(
            batch: MigrateBatch,
            i: number,
            process: Process,
            index: number,
            from: Selection,
          ): void {
            if (i === 0 || from === FROM_DEVICE) super.collect(batch, i, process, index, from);
          }
        },
    },
    witness: [map(0, 0), map(0, 1), toDevice(0, 0, 2)],
  },
  {
    id: 'nothing-migrates-on-request',
    title: 'Every page of a range is skipped on a migration to the device.',
    source: 'own',
    requirement: 'migrate.progress',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override collect(
            batch: MigrateBatch,
            i: number,
            process: Process,
            index: number,
            from: Selection,
          ): void {
            if (from === FROM_DEVICE) super.collect(batch, i, process, index, from);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0)],
  },
  {
    id: 'evict-all-stops-at-a-failure',
    title: 'Evict-all stops at the first page that cannot migrate.',
    source: 'class (h)',
    requirement: 'migrate.evict-all',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override evictEverything(): number {
            let evicted = 0;
            for (const page of this.frames) {
              if (!this.isInUse(page)) continue;
              if (!this.evictPage(page)) break;
              evicted++;
            }
            return evicted;
          }
        },
    },
    witness: [
      map(0, 0),
      map(0, 1),
      toDevice(0, 0, 2),
      inject('sigbus', 1, { process: 0, page: 0 }),
      evictAll,
    ],
  },
];
