import {
  collapse,
  fork,
  inject,
  load,
  map,
  pin,
  split,
  store,
  toDevice,
  toSystem,
} from '../../spec/vocabulary/shorthand.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice, isPresent, pfnOf } from '../kernel/entry.ts';
import {
  copyPage,
  type DevPagemap,
  FAULT_DONE,
  type FaultResult,
  FILLER,
  fillPage,
  type Page,
} from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './planted-bug.ts';
import { mapBlock, planted, ZERO_FOLIO } from './folio-bug.ts';

/** Planted bugs in collapse and split. */
export const folioSplitMutants: readonly Mutant[] = [
  planted({
    id: 'collapse-takes-a-device-page',
    title: 'A collapse copies a page on the device like one in system memory, and frees its frame.',
    source: 'L16',
    requirement: 'folio.collapse-refused',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override mayCollapse(entry: number): boolean {
            return isDevice(entry) || super.mayCollapse(entry);
          }
        },
    },
    witness: [mapBlock(), toDevice(0, 0), collapse(0, 0)],
  }),
  planted({
    id: 'collapse-moves-a-pinned-page',
    title: 'A collapse copies a pinned page: the pin keeps the old page.',
    source: 'class (c)',
    requirement: 'folio.collapse-refused',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override mayCollapse(entry: number): boolean {
            return isPresent(entry) || super.mayCollapse(entry);
          }
        },
    },
    witness: [map(0, 0), map(0, 1), pin(0, 0), collapse(0, 0)],
  }),
  planted({
    id: 'collapse-takes-shared-pages',
    title: 'A collapse removes the entries of the other processes that share its pages.',
    requirement: 'folio.collapse-keeps',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override collapsePage(process: Process, index: number, part: Page): void {
            super.collapsePage(process, index, part);
            for (const other of this.processes) if (other !== process) this.zapEntry(other, index);
          }
        },
    },
    witness: [map(0, 0), map(0, 1), store(0, 0, 1), fork(0, 1), collapse(0, 0)],
  }),
  planted({
    id: 'collapse-leaves-unpopulated-pages-stale',
    title: 'A collapse does not clear the pages of the new large folio that were unpopulated.',
    requirement: 'folio.collapse-keeps',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override collapsePage(process: Process, index: number, part: Page): void {
            super.collapsePage(process, index, part);
            if (this.isCollapsedFromNothing(part)) fillPage(part, FILLER);
          }

          private isCollapsedFromNothing(part: Page): boolean {
            return part !== part.head && part.first === 0;
          }
        },
    },
    witness: [map(0, 0), map(0, 1), collapse(0, 0), load(0, 1)],
  }),
  planted({
    id: 'collapse-copies-the-first-page',
    title: 'A collapse copies the first page of the block to each page of the large folio.',
    requirement: 'folio.collapse-keeps',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override collapsePage(process: Process, index: number, part: Page): void {
            super.collapsePage(process, index, part);
            if (part !== part.head) copyPage(part.head, part);
          }
        },
    },
    witness: [map(0, 0), map(0, 1), store(0, 0, 1), collapse(0, 0), load(0, 1)],
  }),
  planted({
    id: 'collapse-keeps-the-charge-of-the-pages',
    title: 'A collapse charges the new large folio and keeps the charge of the pages that it replaces.',
    requirement: 'folio.collapse-keeps',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override collapsePage(process: Process, index: number, part: Page): void {
            const entry = process.entry(index);
            if (isPresent(entry)) this.getPage(this.page(pfnOf(entry)));
            super.collapsePage(process, index, part);
          }
        },
    },
    witness: [map(0, 0), map(0, 1), store(0, 0, 1), collapse(0, 0)],
  }),
  planted({
    id: 'split-calls-back-for-every-frame',
    title: 'A split calls folio_split for the first frame, too.',
    source: 'L20',
    requirement: 'folio.split-callbacks',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override reportSplit(folio: Page, size: number): void {
            const { pagemap } = folio;
            if (pagemap !== undefined) this.callFolioSplit(pagemap, folio, folio);
            super.reportSplit(folio, size);
          }
        },
    },
    witness: [...ZERO_FOLIO, split(0, 0)],
  }),
  planted({
    id: 'split-does-not-report-the-end',
    title: 'A split does not call folio_split without tail at the end.',
    source: 'L20',
    requirement: 'folio.split-callbacks',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override callFolioSplit(pagemap: DevPagemap, folio: Page, tail: Page | undefined): void {
            if (tail !== undefined) super.callFolioSplit(pagemap, folio, tail);
          }
        },
    },
    witness: [...ZERO_FOLIO, toSystem(0, 0)],
  }),
  planted({
    id: 'split-is-for-one-process',
    title: 'A split replaces only the whole entry of the first process.',
    source: 'Linux v7.3, split of a large folio shared by fork',
    requirement: 'folio.split-in-place',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override splitEntriesFor(process: Process, folio: Page): void {
            if (process.slot === 0) super.splitEntriesFor(process, folio);
          }
        },
    },
    witness: [...ZERO_FOLIO, fork(0, 1), split(0, 0)],
  }),
  planted({
    id: 'split-moves-the-pages-back',
    title: 'A split of a large folio on the device migrates its pages to system memory.',
    requirement: 'folio.split-in-place',
    mutation: {
      kernel: (base) =>
        class extends base {
          override split(process: Process, index: number): Result {
            const result = super.split(process, index);
            if (result === 'ok') this.access(process, index, false);
            return result;
          }
        },
    },
    witness: [...ZERO_FOLIO, split(0, 0)],
  }),
  planted({
    id: 'refused-split-splits-the-entries',
    title: 'A refused split replaces the whole entries by entries for each page.',
    source: 'class (e)',
    requirement: 'folio.split-refused',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override maySplit(folio: Page, held: number): boolean {
            const is = super.maySplit(folio, held);
            if (!is && held === 0) for (const process of this.processes) this.splitEntriesFor(process, folio);
            return is;
          }
        },
    },
    witness: [...ZERO_FOLIO, inject('no-split'), split(0, 0)],
  }),
  planted({
    id: 'refused-split-is-ok',
    title: 'A refused split returns ok.',
    requirement: 'folio.split-refused',
    mutation: {
      kernel: (base) =>
        class extends base {
          override split(process: Process, index: number): Result {
            const result = super.split(process, index);
            return result === 'EBUSY' ? 'ok' : result;
          }
        },
    },
    witness: [...ZERO_FOLIO, inject('no-split'), split(0, 0)],
  }),
  planted({
    id: 'refused-split-faults-for-ever',
    title: 'An access to a page that cannot leave its large folio is retried endlessly.',
    source: 'L1',
    requirement: 'robust.terminates',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override afterRefusedSplit(): FaultResult {
            return FAULT_DONE;
          }
        },
    },
    witness: [
      ...ZERO_FOLIO,
      inject('no-split', 'until-healed'),
      inject('no-large-page', 'until-healed'),
      load(0, 0),
    ],
  }),

  // Races
];
