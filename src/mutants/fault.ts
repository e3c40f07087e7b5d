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
import { EVERY_PROFILE, type Mutant } from './mutant.ts';

export const faultMutants: readonly Mutant[] = [
  /**
   * The fault path began to hold a reference while it called the driver. A driver that did not report this reference to
   * the migration found one reference more than the entries explain, and gave up every time.
   */
  {
    id: 'own-reference-blocks-the-return',
    title:
      "The fault's own reference to the frame is taken for somebody else's, and the page does not come back.",
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
      'A freed frame keeps the mapping of its last owner, and reverse mapping looks for its next owner at the wrong page.',
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
    title:
      'A page on the device whose mapping is locked is taken for one that must not move, and cannot come back.',
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
      'A mapping that is moved is given the page offset of its new address, and reverse mapping finds nothing of it any more.',
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
    title:
      'Reverse mapping looks for the entries of a page at the address at which it was first mapped, and nowhere else.',
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
    title: 'page_fault is called twice for one touch.',
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
    title: 'A load takes a device entry for a present one and reads the frame itself.',
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
    title: 'Touching a hole asks the driver for the device page beside it.',
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
    title: 'The driver copies the first half of a page only, when it brings it back.',
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
    title: 'An exclusive page that moves to the device is taken for a hole: it is cleared there.',
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
    title: 'The driver is asked for a page before anybody asks whether the process may touch it.',
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
      'When a page comes back, the first entry that reverse mapping finds is changed and the others are forgotten.',
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
    title: 'A touch fails because a page that was to come along could not.',
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
    title: 'With the page that was touched the pages on all other frames come back, whoever maps them.',
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
    title: 'A page that comes back is mapped at the address at which it was first mapped.',
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
