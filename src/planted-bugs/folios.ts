import {
  discard,
  exit,
  fork,
  load,
  map,
  move,
  protect,
  toDevice,
  toSystem,
  unmap,
  whole,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isPresent, NONE, pfnOf, writable } from '../kernel/entry.ts';
import type { Page } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { folioMigrationMutants } from './folio-migrations.ts';
import { folioRaceMutants } from './folio-races.ts';
import { folioSplitMutants } from './folio-splits.ts';
import type { Mutant } from './planted-bug.ts';
import { compoundToDevice, mapBlock, planted, ZERO_FOLIO } from './folio-bug.ts';

/** Planted bugs of large folios: in entries, counts and charges, and those of the other files. */
export const folioMutants: readonly Mutant[] = [
  planted({
    id: 'split-entry-gives-write',
    title: 'Splitting a READ whole entry makes WRITE entries for its pages.',
    source: 'C-01',
    requirement: 'protect.never-upgrades',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override entryOfPart(entry: number, at: number): number {
            return writable(super.entryOfPart(entry, at));
          }
        },
    },
    witness: [...ZERO_FOLIO, fork(0, 1), unmap(0, 0)],
  }),
  planted({
    id: 'split-entry-names-the-head',
    title: 'Splitting a whole entry gives every page the frame of the first one.',
    requirement: 'folio.splits-entry-only',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override entryOfPart(entry: number): number {
            return super.entryOfPart(entry, 0);
          }
        },
    },
    witness: [...ZERO_FOLIO, protect(0, 0, 'read')],
  }),
  planted({
    id: 'split-entry-counts-one',
    title: 'Splitting a whole entry takes no references for the entries that replace it.',
    source: 'class (d)',
    requirement: 'folio.counts',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override countSplitEntry(folio: Page): void {
            const { refs } = folio;
            super.countSplitEntry(folio);
            folio.refs = refs;
          }
        },
    },
    witness: [...ZERO_FOLIO, protect(0, 0, 'read')],
  }),
  planted({
    id: 'split-entry-keeps-whole-count',
    title:
      'Splitting a whole entry takes references for the entries that replace it, but does not drop its own.',
    source: 'class (d)',
    requirement: 'folio.counts',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override countSplitEntry(folio: Page): void {
            super.countSplitEntry(folio);
            folio.totalMaps++;
          }
        },
    },
    witness: [...ZERO_FOLIO, protect(0, 0, 'read')],
  }),
  planted({
    id: 'part-unmap-frees-the-folio',
    title: 'An unmap of one page removes the whole entry.',
    source: 'L11',
    requirement: 'folio.holds-frames',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override zapEntry(process: Process, index: number): void {
            if (process.wholeEntry(index) === NONE) super.zapEntry(process, index);
            else this.zapWhole(process, index);
          }
        },
    },
    witness: [...ZERO_FOLIO, unmap(0, 0)],
  }),
  planted({
    id: 'part-unmap-splits-the-folio',
    title: 'An unmap of one page splits the large folio instead of only its whole entry.',
    source: 'L11',
    requirement: 'folio.holds-frames',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override zapEntry(process: Process, index: number): void {
            const entry = process.wholeEntry(index);
            if (isDevice(entry)) this.splitFolio(this.page(pfnOf(entry)), 0);
            super.zapEntry(process, index);
          }
        },
    },
    witness: [...ZERO_FOLIO, unmap(0, 0)],
  }),
  planted({
    id: 'part-move-takes-the-neighbour',
    title: 'A move of one page also removes the other pages of its whole entry.',
    requirement: 'move.entry',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override moveEntry(process: Process, index: number, to: number): void {
            const isWhole = process.wholeEntry(index) !== NONE;
            super.moveEntry(process, index, to);
            if (isWhole) this.zapEntry(process, index % 2 === 0 ? index + 1 : index - 1);
          }
        },
    },
    witness: [...ZERO_FOLIO, move(0, 0, 2)],
  }),
  planted({
    id: 'whole-unmap-forgets-pages-of-rss',
    title: 'Clearing a whole entry subtracts one page from the rss.',
    source: 'L12',
    requirement: 'account.rss',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override zapWhole(process: Process, index: number): void {
            if (process.wholeEntry(index) !== NONE) this.addRss(process, this.block - 1);
            super.zapWhole(process, index);
          }
        },
    },
    witness: [...ZERO_FOLIO, whole(unmap(0, 0))],
  }),
  planted({
    id: 'whole-unmap-keeps-a-reference',
    title: 'Clearing a whole entry does not drop its reference.',
    source: 'class (d)',
    requirement: 'folio.whole-command',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override dropWholeEntryOf(folio: Page): void {
            this.removeWholeMap(folio);
          }
        },
    },
    witness: [...ZERO_FOLIO, whole(unmap(0, 0))],
  }),
  planted({
    id: 'whole-discard-drops-the-first-page',
    title: 'A discard of a block discards only its first page.',
    requirement: 'folio.whole-command',
    mutation: {
      kernel: (base) =>
        class extends base {
          override discardBlock(process: Process, index: number) {
            return this.discard(process, this.blockStart(index));
          }
        },
    },
    witness: [...ZERO_FOLIO, whole(discard(0, 0))],
  }),
  planted({
    id: 'whole-protect-keeps-write',
    title: 'A protect of a block leaves its whole entry WRITE.',
    source: 'L10',
    requirement: 'protect.downgrades',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override protectWhole(process: Process, index: number, entry: number, to: number): void {
            super.protectWhole(process, index, entry, to);
            process.setWholeEntry(index, entry);
          }
        },
    },
    witness: [...ZERO_FOLIO, whole(protect(0, 0, 'read'))],
  }),
  planted({
    id: 'whole-protect-upgrades',
    title: 'A protect of a block to write makes the whole entry WRITE.',
    source: 'L10',
    requirement: 'protect.never-upgrades',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override protectWhole(process: Process, index: number, entry: number, to: number): void {
            super.protectWhole(process, index, entry, to);
            if (to === 2) process.setWholeEntry(index, writable(entry));
          }
        },
    },
    witness: [mapBlock(0, 'read'), compoundToDevice(), whole(protect(0, 0, 'write'))],
  }),
  planted({
    id: 'whole-move-loses-the-deposit',
    title: 'A move of a block does not move the deposited page table.',
    source: 'C-35',
    requirement: 'robust.no-crash',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override takeWholeOut(process: Process, index: number): void {
            this.removeWholeEntry(process, index);
          }
        },
    },
    witness: [...ZERO_FOLIO, whole(move(0, 0, 2)), exit(0)],
  }),
  planted({
    id: 'split-keeps-the-deposit',
    title: 'Clearing a whole entry does not return its deposited page table.',
    source: 'C-35',
    requirement: 'robust.no-crash',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override removeWholeEntry(process: Process, index: number): void {
            process.setWholeEntry(index, NONE);
          }
        },
    },
    witness: [...ZERO_FOLIO, exit(0)],
  }),
  planted({
    id: 'folio-is-freed-page-by-page',
    title: 'A large folio is freed by one page_free for each page.',
    source: 'L23',
    requirement: 'folio.free-once',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override pageFree(page: Page): void {
            const { size } = page;
            for (let at = 0; at < size; at++) {
              const part = this.part(page, at);
              part.size = 1;
              super.pageFree(part);
            }
          }
        },
    },
    witness: [...ZERO_FOLIO, whole(unmap(0, 0))],
  }),
  planted({
    id: 'stale-order-at-allocation',
    title: 'A frame that is allocated again is not initialized, and keeps the order of its former folio.',
    source: 'C-33',
    requirement: 'folio.base-on-request',
    mutation: {
      kernel: (base) =>
        class extends base {
          override initFolio(first: Page, size: number): void {
            if (size > 1 || first.pagemap === undefined) super.initFolio(first, size);
          }
        },
    },
    witness: [...ZERO_FOLIO, whole(unmap(0, 0)), map(0, 0), map(0, 1), toDevice(0, 0)],
  }),
  planted({
    id: 'block-across-the-alignment',
    title: 'The driver allocates consecutive free frames that are not a block.',
    requirement: 'folio.on-a-block',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override freeBlock(): number | undefined {
            return this.freeFrames.toSorted().find((pfn) => this.freeFrames.includes(pfn + 1));
          }
        },
    },
    witness: [map(0, 2), toDevice(0, 2), ...ZERO_FOLIO],
  }),
  planted({
    id: 'fork-leaves-the-parent-write',
    title: 'Fork leaves a WRITE whole entry in the parent.',
    source: 'class (b)',
    requirement: 'fork.read-both',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkWhole(parent: Process, child: Process, index: number, entry: number): void {
            super.forkWhole(parent, child, index, entry);
            if (isDevice(entry)) parent.setWholeEntry(index, entry);
          }
        },
    },
    witness: [...ZERO_FOLIO, fork(0, 1)],
  }),
  planted({
    id: 'fork-takes-a-reference-for-each-page',
    title: 'Fork takes a reference for each page of a whole entry.',
    source: 'class (d)',
    requirement: 'folio.fork-shares',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override shareWhole(child: Process, index: number, folio: Page): void {
            super.shareWhole(child, index, folio);
            this.getPage(folio);
          }
        },
    },
    witness: [...ZERO_FOLIO, fork(0, 1)],
  }),
  planted({
    id: 'fork-counts-one-page-of-rss',
    title: 'Fork adds one page to the rss of the child for a whole entry.',
    requirement: 'account.rss',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override shareWhole(child: Process, index: number, folio: Page): void {
            super.shareWhole(child, index, folio);
            this.addRss(child, 1 - this.block);
          }
        },
    },
    witness: [...ZERO_FOLIO, fork(0, 1)],
  }),
  planted({
    id: 'fork-splits-whole-entries',
    title: 'Fork gives the child an entry for each page instead of a whole entry.',
    requirement: 'folio.fork-shares',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkWhole(parent: Process, child: Process, index: number, entry: number): void {
            super.forkWhole(parent, child, index, entry);
            if (isDevice(entry)) this.splitEntry(child, index);
          }
        },
    },
    witness: [...ZERO_FOLIO, fork(0, 1)],
  }),
  planted({
    id: 'fork-skips-whole-device-entries',
    title: 'Fork does not copy whole entries on the device.',
    source: 'class (b)',
    requirement: 'fork.read-both',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkWhole(parent: Process, child: Process, index: number, entry: number): void {
            if (isPresent(entry)) super.forkWhole(parent, child, index, entry);
          }
        },
    },
    witness: [...ZERO_FOLIO, fork(0, 1)],
  }),
  planted({
    id: 'split-never-frees-tails',
    title: 'A split does not free the frames that no entry names.',
    source: 'L21',
    requirement: 'folio.split-frees',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override freeIfUnused(): void {
            // The page stays, and nothing refers to it.
          }
        },
    },
    witness: [...ZERO_FOLIO, unmap(0, 0), toSystem(0, 1)],
  }),
  planted({
    id: 'split-gives-tails-no-mapping',
    title: 'A split does not set the reverse mapping of the new base pages.',
    source: 'L20',
    requirement: 'fault.migrates-back',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override splitTail(folio: Page, tail: Page, at: number, held: number): void {
            super.splitTail(folio, tail, at, held);
            this.clearMapping(tail);
          }
        },
    },
    witness: [...ZERO_FOLIO, toSystem(0, 0), load(0, 1)],
  }),
  planted({
    id: 'split-leaves-the-charge',
    title: 'A split gives the new base pages no charge.',
    requirement: 'account.charge',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override splitTail(folio: Page, tail: Page, at: number, held: number): void {
            super.splitTail(folio, tail, at, held);
            this.uncharge(tail);
          }
        },
    },
    witness: [...ZERO_FOLIO, toSystem(0, 0)],
  }),
  planted({
    id: 'split-shares-references-wrongly',
    title: 'A split gives each new base page one reference more than it has entries.',
    source: 'class (d)',
    requirement: 'count.references',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override splitTail(folio: Page, tail: Page, at: number, held: number): void {
            super.splitTail(folio, tail, at, held);
            if (held === 0) tail.refs++;
          }
        },
    },
    witness: [...ZERO_FOLIO, toSystem(0, 0)],
  }),
  ...folioMigrationMutants,
  ...folioSplitMutants,
  ...folioRaceMutants,
];
