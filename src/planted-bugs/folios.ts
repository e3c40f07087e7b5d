import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Command, CommandOf, InjectionKind, Protection } from '../../spec/vocabulary/command.ts';
import {
  collapse,
  deviceLoad,
  discard,
  exit,
  fork,
  inject,
  load,
  map,
  move,
  pin,
  protect,
  race,
  split,
  store,
  toDevice,
  toSystem,
  unmap,
} from '../../spec/vocabulary/shorthand.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isDevice, isPresent, NONE, pfnOf, writable } from '../kernel/entry.ts';
import type { MigrateBatch, Selection } from '../kernel/migrate-batch.ts';
import {
  copyPage,
  type DevPagemap,
  FAULT_DONE,
  FAULT_OOM,
  type FaultResult,
  FILLER,
  fillPage,
  type Page,
} from '../kernel/memory.ts';
import type { KernelMutation } from '../kernel/world.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './planted-bug.ts';

const whole = <C extends Command>(command: C): C & { readonly whole: true } => ({ ...command, whole: true });
const mapBlock = (page = 0, protection: Protection = 'write'): Command => whole(map(0, page, protection));
const out = (page = 0): CommandOf<'migrate-to-device'> => ({ ...toDevice(0, page, 2), compound: true });
const back = (page = 0): CommandOf<'migrate-to-system'> => ({ ...toSystem(0, page, 2), compound: true });
const evictRange = (frame: number, frames: number): Command => ({ op: 'evict-range', frame, frames });

/** A large folio of zeros on the device. */
const EMPTY: readonly Command[] = [mapBlock(), out()];
/** The same after a store to its second page. */
const FILLED: readonly Command[] = [mapBlock(), store(0, 1, 1), out()];

interface Planted {
  readonly id: string;
  readonly title: string;
  readonly source?: string;
  readonly requirement: Mutant['requirement'];
  /** The profiles in which the bug exists, if not in all that have large folios. */
  readonly profiles?: Mutant['profiles'];
  readonly mutation: KernelMutation;
  readonly witness: readonly Command[];
}

const planted = ({ source = 'own', ...rest }: Planted): Mutant => ({
  source,
  profiles: profilesFrom('linux-6.19'),
  ...rest,
});

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
    witness: [...EMPTY, fork(0, 1), unmap(0, 0)],
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
    witness: [...EMPTY, protect(0, 0, 'read')],
  }),
  planted({
    id: 'split-entry-counts-one',
    title: 'Splitting a whole entry takes no references for the entries of the pages.',
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
    witness: [...EMPTY, protect(0, 0, 'read')],
  }),
  planted({
    id: 'split-entry-keeps-whole-count',
    title: 'Splitting a whole entry counts its pages, and does not subtract the whole entry.',
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
    witness: [...EMPTY, protect(0, 0, 'read')],
  }),
  planted({
    id: 'part-unmap-frees-the-folio',
    title: 'An unmap of one page drops the whole entry.',
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
    witness: [...EMPTY, unmap(0, 0)],
  }),
  planted({
    id: 'part-unmap-splits-the-folio',
    title: 'An unmap of one page splits the folio, and not the entry alone.',
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
    witness: [...EMPTY, unmap(0, 0)],
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
    witness: [...EMPTY, move(0, 0, 2)],
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
    witness: [...EMPTY, whole(unmap(0, 0))],
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
    witness: [...EMPTY, whole(unmap(0, 0))],
  }),
  planted({
    id: 'whole-discard-drops-the-first-page',
    title: 'A discard of a block discards its first page alone.',
    requirement: 'folio.whole-command',
    mutation: {
      kernel: (base) =>
        class extends base {
          override discardBlock(process: Process, index: number) {
            return this.discard(process, this.blockStart(index));
          }
        },
    },
    witness: [...EMPTY, whole(discard(0, 0))],
  }),
  planted({
    id: 'whole-protect-keeps-write',
    title: 'A protect of a block leaves the whole entry WRITE.',
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
    witness: [...EMPTY, whole(protect(0, 0, 'read'))],
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
    witness: [mapBlock(0, 'read'), out(), whole(protect(0, 0, 'write'))],
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
    witness: [...EMPTY, whole(move(0, 0, 2)), exit(0)],
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
    witness: [...EMPTY, exit(0)],
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
    witness: [...EMPTY, whole(unmap(0, 0))],
  }),
  planted({
    id: 'stale-order-at-allocation',
    title: 'A frame is allocated again without being initialized, and keeps the order of its former folio.',
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
    witness: [...EMPTY, whole(unmap(0, 0)), map(0, 0), map(0, 1), toDevice(0, 0)],
  }),
  planted({
    id: 'block-across-the-alignment',
    title: 'The driver allocates a block of frames at any free frame that has free neighbours.',
    requirement: 'folio.on-a-block',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override freeBlock(): number | undefined {
            return this.freeFrames.toSorted().find((pfn) => this.freeFrames.includes(pfn + 1));
          }
        },
    },
    witness: [map(0, 2), toDevice(0, 2), ...EMPTY],
  }),
  planted({
    id: 'fork-leaves-the-parent-write',
    title: 'Fork leaves WRITE in the whole entry of the parent.',
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
    witness: [...EMPTY, fork(0, 1)],
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
    witness: [...EMPTY, fork(0, 1)],
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
    witness: [...EMPTY, fork(0, 1)],
  }),
  planted({
    id: 'fork-splits-whole-entries',
    title: 'Fork gives the child entries for each page.',
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
    witness: [...EMPTY, fork(0, 1)],
  }),
  planted({
    id: 'fork-skips-whole-device-entries',
    title: 'Fork copies no whole device entries.',
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
    witness: [...EMPTY, fork(0, 1)],
  }),
  planted({
    id: 'split-never-frees-tails',
    title: 'A split does not free the pages without an entry.',
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
    witness: [...EMPTY, unmap(0, 0), toSystem(0, 1)],
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
    witness: [...EMPTY, toSystem(0, 0), load(0, 1)],
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
    witness: [...EMPTY, toSystem(0, 0)],
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
    witness: [...EMPTY, toSystem(0, 0)],
  }),
  planted({
    id: 'copies-only-the-head',
    title: 'A migration of a large folio to the device copies its first page alone.',
    requirement: 'folio.keeps-values',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override copyFolio(from: Page, to: Page): void {
            this.copy(from, to);
          }
        },
    },
    witness: [...FILLED, deviceLoad(0, 1)],
  }),
  planted({
    id: 'copies-the-head-to-every-page',
    title: 'A migration of a large folio copies its first page to every page.',
    requirement: 'folio.keeps-values',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override copyFolio(from: Page, to: Page): void {
            for (let at = 0; at < to.size; at++) this.copy(from, this.part(to, at));
          }
        },
    },
    witness: [...FILLED, deviceLoad(0, 1)],
  }),
  planted({
    id: 'clears-only-the-head',
    title: 'Of an unpopulated block that migrates only the first frame is cleared.',
    requirement: 'folio.unpopulated-block',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override clearFolio(folio: Page): void {
            this.clear(folio);
          }
        },
    },
    witness: [...EMPTY, deviceLoad(0, 1)],
  }),
  planted({
    id: 'populates-stale-neighbours',
    title: 'A large folio that an access creates is cleared in its first page alone.',
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
    witness: EMPTY,
  }),
  planted({
    id: 'pinned-folio-moves',
    title: 'A large folio with a pinned page migrates as it is.',
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
    witness: [mapBlock(), pin(0, 0), out()],
  }),
  planted({
    id: 'compound-without-asking',
    title: 'A migration that did not ask for large folios migrates them whole.',
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
    title: 'An eviction of a range of frames takes every large folio that it touches.',
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
    witness: [...EMPTY, evictRange(0, 1)],
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
    witness: [...EMPTY, evictRange(0, 2)],
  }),
  planted({
    id: 'evict-range-skips-large-folios',
    title: 'An eviction of a range of frames leaves large folios in it.',
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
    witness: [...EMPTY, evictRange(0, 2)],
  }),
  planted({
    id: 'fault-needs-a-large-page',
    title: 'Without a large page a fault on a whole entry runs out of memory.',
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
    witness: [...EMPTY, inject('no-large-page', 'until-healed'), load(0, 0)],
  }),
  planted({
    id: 'fault-loops-for-ever',
    title: 'Without a large page a fault on a whole entry is repeated for ever.',
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
    witness: [...EMPTY, inject('no-large-page', 'until-healed'), load(0, 0)],
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
    witness: [...FILLED, inject('no-large-page', 'until-healed'), load(0, 1)],
  }),
  planted({
    id: 'no-large-page-moves-whole',
    title: 'A migration to system memory migrates a large folio whole although there is no large page.',
    requirement: 'migrate.result-per-page',
    mutation: {
      driver: (base) =>
        class extends base {
          protected override placePartsInSystem(batch: MigrateBatch, i: number): void {
            this.placeFolioInSystem(batch, i);
          }
        },
    },
    witness: [...EMPTY, inject('no-large-page'), back()],
  }),
  planted({
    id: 'failed-copy-keeps-the-block',
    title: 'A copy that fails does not free the block of frames.',
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
    witness: [mapBlock(), inject('no-copy'), out()],
  }),
  planted({
    id: 'skipped-folio-is-split',
    title: 'A large folio that does not migrate is restored by entries for each page.',
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
    witness: [...EMPTY, inject('sigbus'), back()],
  }),
  planted({
    id: 'sharer-keeps-its-migration-entry',
    title: 'A large folio that migrates is mapped again in the first process alone.',
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
    witness: [...EMPTY, fork(0, 1), back()],
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
    witness: [...EMPTY, fork(0, 1), store(0, 0, 1)],
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
    witness: [mapBlock(0, 'read'), out()],
  }),
  planted({
    id: 'collapse-takes-a-device-page',
    title: 'A collapse copies a page on the device, whose frame it frees, as if it were in system memory.',
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
    title: 'A collapse copies a pinned page, which the pin does not follow.',
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
    witness: [...EMPTY, split(0, 0)],
  }),
  planted({
    id: 'split-does-not-report-the-end',
    title: 'A split does not call folio_split without a further frame at the end.',
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
    witness: [...EMPTY, toSystem(0, 0)],
  }),
  planted({
    id: 'split-is-for-one-process',
    title: 'A split replaces the whole entry of the first process alone.',
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
    witness: [...EMPTY, fork(0, 1), split(0, 0)],
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
    witness: [...EMPTY, split(0, 0)],
  }),
  planted({
    id: 'refused-split-splits-the-entries',
    title: 'A split that is refused has replaced the whole entries by entries for each page.',
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
    witness: [...EMPTY, inject('no-split'), split(0, 0)],
  }),
  planted({
    id: 'refused-split-is-ok',
    title: 'A split that is refused returns ok.',
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
    witness: [...EMPTY, inject('no-split'), split(0, 0)],
  }),
  planted({
    id: 'refused-split-faults-for-ever',
    title: 'An access to a page that cannot leave its large folio is repeated for ever.',
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
      ...EMPTY,
      inject('no-split', 'until-healed'),
      inject('no-large-page', 'until-healed'),
      load(0, 0),
    ],
  }),

  // Races

  planted({
    id: 'discard-misses-a-new-whole-entry',
    title:
      'A discard finds its page unpopulated while a migration maps the block by a whole entry: the discard drops the reference of that entry and leaves the entry.',
    requirement: 'race.frame-accounting',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override entryAfterConcurrent(process: Process, index: number): number {
            this.runConcurrent();
            return process.entry(index);
          }
        },
    },
    witness: [mapBlock(), race(discard(0, 0), out())],
  }),
  planted({
    id: 'late-whole-fault-fails',
    title: 'A fault at a whole entry fails if the large folio has migrated since the entry was read.',
    requirement: 'race.one-order',
    profiles: ['linux-6.19'],
    mutation: {
      driver: (base) =>
        class extends base {
          protected override isGone(slot: number, index: number, page: Page): boolean {
            return this.kernel.process(slot).wholeEntry(index) === NONE && super.isGone(slot, index, page);
          }
        },
    },
    witness: [...FILLED, race(load(0, 0), back())],
  }),
  planted({
    id: 'protect-of-a-block-lets-a-fork-in',
    title: 'A protect of a whole block drops its lock between two pages: a fork copies both protections.',
    requirement: 'protect.enforced',
    mutation: {
      kernel: (base) =>
        class extends base {
          override protectBlock(process: Process, index: number, protection: number): void {
            for (let at = 0; at < this.block; at++) this.protect(process, index + at, protection);
          }
        },
    },
    witness: [
      whole(map(0, 0, 'none')),
      race(whole(protect(0, 0, 'read')), fork(0, 1)),
      load(1, 1),
      load(1, 0),
    ],
  }),
];
