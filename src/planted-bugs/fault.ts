import { profilesFrom } from '../../spec/profiles/profile.ts';
import {
  fork,
  inject,
  load,
  lock,
  makeExclusive,
  map,
  move,
  spawn,
  store,
  toDevice,
  unmap,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isExclusiveEntry, NONE, pfnOf } from '../kernel/entry.ts';
import { FROM_DEVICE, FROM_SYSTEM, type MigrateBatch, type Selection } from '../kernel/migrate-batch.ts';
import { FAULT_DONE, type FaultResult, fillPage, type Page, PAGEMAP_PRIVATE } from '../kernel/memory.ts';
import { NO_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const faultMutants: readonly Mutant[] = [
  /**
   * The fault path began to hold a reference while it called the driver. A driver that did not report this reference to
   * the migration found one reference more than the entries explain, and gave up every time.
   */
  {
    id: 'own-reference-blocks-the-return',
    title: "The fault's own reference to the frame counts as a pin, and the page does not migrate.",
    source: 'C-23',
    requirement: 'fault.migrates-back',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override deviceFault(process: Process, index: number, entry: number): FaultResult {
            const page = this.page(pfnOf(entry));
            this.getPage(page);
            const result = super.deviceFault(process, index, entry);
            this.putPage(page);
            return result;
          }

          protected override unmapCollected(batch: MigrateBatch): void {
            super.unmapCollected(batch);
            for (let i = 0; i < batch.count; i++) {
              const { pagemap, refs } = this.page(batch.source(i));
              // Only the migration's reference should remain.
              if (pagemap?.type === PAGEMAP_PRIVATE && refs > this.freeCount + 1) batch.giveUp(i);
            }
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), load(0, 0)],
  },
  /** The mapping of an anonymous page was cleared only for system pages, so the next page on the frame inherited it. */
  {
    id: 'reused-frame-keeps-its-old-mapping',
    title:
      'A freed frame keeps the mapping of its last owner, and reverse mapping looks up its next owner at the wrong page.',
    source: 'C-06',
    requirement: 'fault.migrates-back',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override clearMapping(page: Page): void {
            if (page.pagemap === undefined) super.clearMapping(page);
          }
        },
    },
    witness: [map(0, 0), map(0, 1), toDevice(0, 0), unmap(0, 0), toDevice(0, 1), load(0, 1)],
  },
  {
    id: 'locked-page-cannot-come-back',
    title: 'A device page in a locked mapping counts as unevictable, and cannot migrate to system memory.',
    source: 'own',
    requirement: 'fault.migrates-back',
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
            if (from === FROM_DEVICE && process.isLocked(index)) return;
            super.collect(batch, i, process, index, from);
          }
        },
    },
    witness: [map(0, 0), lock(0, 0), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'move-forgets-the-offset',
    title:
      'A moved VMA gets the page offset of its new address, and reverse mapping no longer finds its entries.',
    source: 'own',
    requirement: 'fault.migrates-back',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override movedOffset(_process: Process, _index: number, to: number): number {
            return to;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), move(0, 0, 1), load(0, 1)],
  },
  {
    id: 'rmap-looks-where-pages-began',
    title: 'Reverse mapping looks up the entries of a page only at the address at which it was first mapped.',
    source: 'own',
    requirement: 'fault.migrates-back',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override indexInVma(process: Process, page: Page): number {
            return super.indexInVma(process, page) === page.index ? page.index : -1;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), move(1, 0, 1), load(0, 0)],
  },
  {
    id: 'fault-asks-twice',
    title: 'page_fault is called twice for one access.',
    source: 'own',
    requirement: 'fault.calls-once',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override pageFault(slot: number, index: number, page: Page): FaultResult {
            this.note({ event: 'fault', process: slot, page: index, frame: page.data });
            return super.pageFault(slot, index, page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'load-reads-the-frame',
    title: 'A load treats a device entry as a present one and reads the frame.',
    source: 'class (q)',
    requirement: 'fault.never-direct',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override fault(process: Process, index: number, entry: number, write: boolean): number {
            return isDevice(entry) && !write ? pfnOf(entry) : super.fault(process, index, entry, write);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'fault-around-asks-the-driver',
    title: 'An access to an unpopulated page calls page_fault for the device page beside it.',
    source: 'own',
    requirement: 'fault.no-needless-call',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unpopulatedFault(process: Process, index: number, write: boolean): number {
            const beside = index ^ 1;
            const entry = process.entry(beside);
            if (isDevice(entry)) this.deviceFault(process, beside, entry);
            return super.unpopulatedFault(process, index, write);
          }
        },
    },
    witness: [map(0, 0), map(0, 1), toDevice(0, 0), load(0, 1)],
  },
  {
    id: 'half-a-page-comes-back',
    title: 'The driver copies only the first half of a page to system memory.',
    source: 'own',
    requirement: 'fault.last-value',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override copy(from: Page, to: Page): void {
            if (to.pagemap === undefined) to.first = from.first;
            else super.copy(from, to);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'exclusive-page-moves-without-its-value',
    title: 'A device-exclusive page that migrates to the device is treated as unpopulated and cleared.',
    source: 'C-39',
    requirement: 'fault.last-value',
    profiles: profilesFrom('linux-5.18'),
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
            const entry = process.entry(index);
            if (from !== FROM_SYSTEM || !isExclusiveEntry(entry)) {
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
    witness: [map(0, 0), store(0, 0, 1), makeExclusive(0, 0), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'permission-after-the-callback',
    title: 'page_fault is called before the permission of the access is checked.',
    source: 'own',
    requirement: 'fault.permission-first',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override permits(process: Process, index: number, write: boolean): boolean {
            const allowed = super.permits(process, index, write);
            const entry = process.entry(index);
            if (!allowed && isDevice(entry)) this.deviceFault(process, index, entry);
            return allowed;
          }
        },
    },
    witness: [map(0, 0, 'none'), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'one-sharer-comes-back',
    title:
      'When a page migrates to system memory, only the first entry that reverse mapping finds is replaced.',
    source: 'class (b)',
    requirement: 'fault.moves-all',
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
            if (page.pagemap === undefined && page.maps > 0) return;
            super.replaceMigrationEntry(process, index, entry, page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), load(0, 0)],
  },
  {
    id: 'failing-neighbour-fails-the-touch',
    title: 'An access fails because a further page could not be migrated with the accessed page.',
    source: 'own',
    requirement: 'fault.extras-optional',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override migrateExtrasBack(batch: MigrateBatch, wanted: number): FaultResult {
            let worst: FaultResult = FAULT_DONE;
            for (let i = 0; i < batch.count; i++) {
              if (i === wanted || !batch.isMigrating(i)) continue;
              const result = this.migrateBack(batch, i);
              if (result !== FAULT_DONE) worst = result;
            }
            return worst;
          }
        },
    },
    witness: [
      map(0, 0),
      map(0, 1),
      toDevice(0, 0, 2),
      inject('sigbus', 1, { process: 0, page: 1 }),
      load(0, 0),
    ],
  },
  {
    id: 'fault-empties-the-device',
    title:
      'With the accessed page, the pages in all other frames migrate to system memory, in all processes.',
    source: 'own',
    requirement: 'fault.extras-own',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override pageFault(slot: number, index: number, page: Page): FaultResult {
            const result = super.pageFault(slot, index, page);
            if (result === FAULT_DONE) this.evictEverything();
            return result;
          }
        },
    },
    witness: [spawn(1), map(1, 0), toDevice(1, 0), map(0, 0), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'moved-page-comes-back-to-its-old-place',
    title: 'A page that migrates to system memory is mapped at the address at which it was first mapped.',
    source: 'own',
    requirement: 'fault.extras-optional',
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
            super.replaceMigrationEntry(process, index, entry, page);
            const at = page.index;
            if (at === index || process.entry(at) !== NONE || process.kind(at) !== NO_VMA) return;
            process.entries[at] = process.entry(index);
            process.entries[index] = NONE;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), move(0, 0, 1), load(0, 1)],
  },
];
