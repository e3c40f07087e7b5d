import type { InjectionKind } from '../../spec/vocabulary/command.ts';
import {
  deviceLoad,
  evictRange,
  fork,
  inject,
  load,
  pin,
  store,
  toDevice,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isPresent, writable } from '../kernel/entry.ts';
import type { MigrateBatch, Selection } from '../kernel/migrate-batch.ts';
import { FAULT_DONE, FAULT_OOM, type FaultResult, fillPage, type Page } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './planted-bug.ts';
import {
  compoundToDevice,
  compoundToSystem,
  mapBlock,
  planted,
  STORED_FOLIO,
  ZERO_FOLIO,
} from './folio-bug.ts';

/** Planted bugs in migrations and faults of large folios. */
export const folioMigrationMutants: readonly Mutant[] = [
  planted({
    id: 'copies-only-the-head',
    title: 'A migration of a large folio to the device copies only its first page.',
    requirement: 'folio.keeps-values',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override copyFolio(from: Page, to: Page): void {
            this.copy(from, to);
          }
        },
    },
    witness: [...STORED_FOLIO, deviceLoad(0, 1)],
  }),
  planted({
    id: 'copies-the-head-to-every-page',
    title: 'A migration of a large folio copies its first page to each page.',
    requirement: 'folio.keeps-values',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override copyFolio(from: Page, to: Page): void {
            for (let at = 0; at < to.size; at++) this.copy(from, this.part(to, at));
          }
        },
    },
    witness: [...STORED_FOLIO, deviceLoad(0, 1)],
  }),
  planted({
    id: 'clears-only-the-head',
    title: 'When an unpopulated block migrates, only its first frame is cleared.',
    requirement: 'folio.unpopulated-block',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override clearFolio(folio: Page): void {
            this.clear(folio);
          }
        },
    },
    witness: [...ZERO_FOLIO, deviceLoad(0, 1)],
  }),
  planted({
    id: 'populates-stale-neighbours',
    title: 'When an access creates a large folio, only its first page is cleared.',
    requirement: 'folio.populates-zero',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override clearFolio(folio: Page): void {
            fillPage(folio, 0);
          }
        },
    },
    witness: [mapBlock(), store(0, 0, 1), load(0, 1)],
  }),
  planted({
    id: 'populates-one-page-of-charge',
    title: 'An unpopulated block that migrates as a large folio is not counted in the rss.',
    requirement: 'account.rss',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override insertFolio(batch: MigrateBatch, i: number, folio: Page): void {
            super.insertFolio(batch, i, folio);
            if (batch.process !== undefined && batch.isMigrating(i)) this.addRss(batch.process, -this.block);
          }
        },
    },
    witness: ZERO_FOLIO,
  }),
  planted({
    id: 'pinned-folio-moves',
    title: 'A large folio with a pinned page migrates whole.',
    source: 'L5',
    requirement: 'folio.pin-blocks',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isOffered(
            batch: MigrateBatch,
            entry: number,
            folio: Page,
            from: Selection,
          ): boolean {
            return isPresent(entry) ? from === 0 : super.isOffered(batch, entry, folio, from);
          }
        },
    },
    witness: [mapBlock(), pin(0, 0), compoundToDevice()],
  }),
  planted({
    id: 'compound-without-asking',
    title: 'A migration without compound migrates large folios whole.',
    source: 'L1',
    requirement: 'migrate.result-per-page',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override coversBlock(batch: MigrateBatch, i: number, index: number): boolean {
            batch.compound = true;
            return super.coversBlock(batch, i, index);
          }
        },
    },
    witness: [mapBlock(), store(0, 0, 1), toDevice(0, 0, 2)],
  }),
  planted({
    id: 'partial-range-moves-neighbours',
    title: 'An eviction of a range of frames migrates large folios that are only partly in it.',
    source: 'L7',
    requirement: 'folio.evicts-range',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override evictsWhole(folio: Page): boolean {
            return folio.isLarge && folio.wholeMaps > 0;
          }
        },
    },
    witness: [...ZERO_FOLIO, evictRange(0, 1)],
  }),
  planted({
    id: 'evict-range-counts-folios',
    title: 'An eviction of a range of frames counts a large folio as one page.',
    source: 'L7',
    requirement: 'folio.evicts-range',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override evictFolio(folio: Page): number {
            return Math.min(1, super.evictFolio(folio));
          }
        },
    },
    witness: [...ZERO_FOLIO, evictRange(0, 2)],
  }),
  planted({
    id: 'evict-range-skips-large-folios',
    title: 'An eviction of a range of frames skips large folios.',
    source: 'L7',
    requirement: 'folio.evicts-range',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override evictFolio(): number {
            return 0;
          }
        },
    },
    witness: [...ZERO_FOLIO, evictRange(0, 2)],
  }),
  planted({
    id: 'fault-needs-a-large-page',
    title: 'A fault on a whole entry fails for lack of memory if no large page is available.',
    source: 'L18',
    requirement: 'fault.migrates-back',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override bringFolioBack(batch: MigrateBatch, wanted: number): FaultResult {
            return this.shouldFailWhole('no-large-page', batch, 0)
              ? FAULT_OOM
              : super.bringFolioBack(batch, wanted);
          }
        },
    },
    witness: [...ZERO_FOLIO, inject('no-large-page', 'until-healed'), load(0, 0)],
  }),
  planted({
    id: 'fault-loops-for-ever',
    title: 'A fault on a whole entry is retried endlessly if no large page is available.',
    source: 'L18',
    requirement: 'robust.terminates',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override bringFolioBack(batch: MigrateBatch, wanted: number): FaultResult {
            return this.shouldFailWhole('no-large-page', batch, 0)
              ? FAULT_DONE
              : super.bringFolioBack(batch, wanted);
          }
        },
    },
    witness: [...ZERO_FOLIO, inject('no-large-page', 'until-healed'), load(0, 0)],
  }),
  planted({
    id: 'fault-brings-the-first-page',
    title: 'A fault that splits the folio migrates its first page instead of the accessed one.',
    source: 'L18',
    requirement: 'fault.calls-once',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override copyToSystem(batch: MigrateBatch, i: number, pfn: number): void {
            super.copyToSystem(batch, batch.isCompound(0) ? 0 : i, pfn);
          }
        },
    },
    witness: [...STORED_FOLIO, inject('no-large-page', 'until-healed'), load(0, 1)],
  }),
  planted({
    id: 'no-large-page-moves-whole',
    title: 'A migration to system memory migrates a large folio whole although no large page is available.',
    requirement: 'migrate.result-per-page',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override placePartsInSystem(batch: MigrateBatch, i: number): void {
            this.placeFolioInSystem(batch, i);
          }
        },
    },
    witness: [...ZERO_FOLIO, inject('no-large-page'), compoundToSystem()],
  }),
  planted({
    id: 'failed-copy-keeps-the-block',
    title: 'The block of frames that was allocated for a failed copy is not freed.',
    source: 'class (d)',
    requirement: 'folio.failure-restores',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override shouldFailWhole(kind: InjectionKind, batch: MigrateBatch, i: number): boolean {
            const fails = super.shouldFailWhole(kind, batch, i);
            const folio = this.frames.find(({ refs, head }) => refs === 1 && head.totalMaps === 0);
            if (fails && kind === 'no-copy' && folio !== undefined) this.kernel.getPage(folio);
            return fails;
          }
        },
    },
    witness: [mapBlock(), inject('no-copy'), compoundToDevice()],
  }),
  planted({
    id: 'skipped-folio-is-split',
    title: 'A large folio that does not migrate gets an entry for each page instead of its whole entry.',
    requirement: 'folio.whole-or-none',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override finishSkipped(old: Page): void {
            super.finishSkipped(old);
            for (const process of this.processes) if (old.isLarge) this.splitEntriesFor(process, old);
          }
        },
    },
    witness: [...ZERO_FOLIO, inject('sigbus'), compoundToSystem()],
  }),
  planted({
    id: 'sharer-keeps-its-migration-entry',
    title: 'A large folio that migrates is mapped again only in the first process.',
    source: 'C-42',
    requirement: 'folio.whole-or-none',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override replaceWholeEntry(
            process: Process,
            index: number,
            entry: number,
            folio: Page,
          ): void {
            if (process.slot === 0) super.replaceWholeEntry(process, index, entry, folio);
          }
        },
    },
    witness: [...ZERO_FOLIO, fork(0, 1), compoundToSystem()],
  }),
  planted({
    id: 'shared-folio-comes-back-writable',
    title: 'A write fault makes a whole entry writable although the folio is shared.',
    source: 'L19',
    requirement: 'folio.fault-ends',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override mayReuse(): boolean {
            return true;
          }
        },
    },
    witness: [...ZERO_FOLIO, fork(0, 1), store(0, 0, 1)],
  }),
  planted({
    id: 'read-mapping-gets-a-write-entry',
    title: 'An unpopulated block of a read-only mapping gets a WRITE entry on the device.',
    source: 'C-01',
    requirement: 'migrate.write-sole',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override insertWholeEntry(process: Process, index: number, entry: number): void {
            super.insertWholeEntry(process, index, isDevice(entry) ? writable(entry) : entry);
          }
        },
    },
    witness: [mapBlock(0, 'read'), compoundToDevice()],
  }),
];
