import { profilesBefore, profilesFrom, profilesWith } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  charge,
  discard,
  exit,
  fork,
  inject,
  join,
  limit,
  load,
  makeExclusive,
  map,
  spawn,
  store,
  toDevice,
  unmap,
} from '../../spec/vocabulary/shorthand.ts';
import {
  type DevPagemap,
  FAULT_DONE,
  FAULT_OOM,
  type FaultResult,
  NO_GROUP,
  NO_LIMIT,
  type Page,
} from '../kernel/memory.ts';
import { pfnOf } from '../kernel/entry.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FILE_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const accountMutants: readonly Mutant[] = [
  {
    id: 'poison-stays-resident',
    title: 'Poison is counted in the rss.',
    source: 'class (n)',
    requirement: 'account.rss',
    profiles: profilesWith(({ failedFaultPoisons }) => failedFaultPoisons),
    mutation: {
      kernel: (base) =>
        class extends base {
          override poisonEntry(process: Process, index: number): void {
            super.poisonEntry(process, index);
            this.addRss(process, 1);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)],
  },
  {
    id: 'device-pages-are-not-resident',
    title: 'An unpopulated page that migrates to the device is not added to the rss.',
    source: 'class (n)',
    requirement: 'account.rss',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override insertPage(batch: MigrateBatch, i: number, page: Page): void {
            super.insertPage(batch, i, page);
            if (batch.process !== undefined && batch.isMigrating(i)) this.addRss(batch.process, -1);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0)],
  },
  {
    id: 'discard-keeps-the-copy-of-a-file',
    title: 'A discard leaves the private copy of a file page mapped.',
    source: 'own',
    requirement: 'account.rss',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override discard(process: Process, index: number): Result {
            return process.kind(index) === FILE_VMA ? 'ok' : super.discard(process, index);
          }
        },
    },
    witness: [map(0, 0, 'write', 'file'), store(0, 0, 1), discard(0, 0)],
  },
  {
    id: 'exclusive-page-leaves-the-accounts',
    title: 'A device-exclusive page is not counted in the rss.',
    source: 'class (n)',
    requirement: 'account.rss',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override makeExclusive(process: Process, index: number): void {
            super.makeExclusive(process, index);
            this.addRss(process, -1);
          }

          protected override restoreExclusive(process: Process, index: number, entry: number): void {
            super.restoreExclusive(process, index, entry);
            this.addRss(process, 1);
          }

          protected override zapExclusive(process: Process, index: number, entry: number): void {
            super.zapExclusive(process, index, entry);
            this.addRss(process, 1);
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0)],
  },
  {
    id: 'store-goes-to-the-file',
    title: 'A store to a private file mapping is written to the file, where no other mapping of it exists.',
    source: 'class (c)',
    requirement: 'account.rss',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isShared(page: Page): boolean {
            return page.maps > 1;
          }
        },
    },
    witness: [map(0, 0, 'write', 'file'), store(0, 0, 1)],
  },
  {
    id: 'migration-drops-the-charge',
    title: 'A page that migrates is no longer charged to any group.',
    source: 'class (n)',
    requirement: 'account.charge',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override moveCharge(from: Page): void {
            this.uncharge(from);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), toDevice(0, 0)],
  },
  {
    id: 'freed-frame-stays-charged',
    title: 'A frame keeps its charge when it is freed.',
    source: 'class (f)',
    requirement: 'account.charge',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override freeDevicePage(page: Page, pagemap: DevPagemap): void {
            const { group } = page;
            super.freeDevicePage(page, pagemap);
            if (group !== NO_GROUP) this.charge(page, group);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), unmap(0, 0)],
  },
  {
    id: 'exclusive-page-looks-unmapped',
    title:
      'Neither an exclusive entry nor the present entry that replaces it counts as a mapping of its page.',
    source: 'C-39',
    requirement: 'account.charge',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override makeExclusive(process: Process, index: number): void {
            super.makeExclusive(process, index);
            this.removeMap(this.page(pfnOf(process.entry(index))));
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), fork(0, 1)],
  },
  /** It waited for the lock of a page to which it held no reference. */
  {
    id: 'taking-back-drops-a-reference',
    title: 'The end of exclusive access drops a reference to the page that was never taken.',
    source: 'C-38',
    requirement: 'account.charge',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override restoreExclusive(process: Process, index: number, entry: number): void {
            super.restoreExclusive(process, index, entry);
            this.dropReference(this.page(pfnOf(entry)));
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), load(0, 0), unmap(0, 0)],
  },
  {
    id: 'unmap-takes-an-exclusive-entry-for-swap',
    title: 'Unmap treats an exclusive entry as a swap entry, and does not release its page.',
    source: 'C-09',
    requirement: 'account.charge',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override zapExclusive(process: Process): void {
            this.addRss(process, -1);
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), unmap(0, 0)],
  },
  {
    id: 'device-pages-have-a-group-of-their-own',
    title: 'A page that migrates to the device is charged to the second group instead of that of its owner.',
    source: 'class (n)',
    requirement: 'account.group',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override moveCharge(from: Page, to: Page): void {
            this.uncharge(from);
            this.charge(to, to.pagemap === undefined ? 0 : 1);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), toDevice(0, 0), charge(0)],
  },
  {
    id: 'hole-on-the-device-is-charged-to-the-first-group',
    title: 'The frame for an unpopulated page that migrates is charged to the first group.',
    source: 'class (n)',
    requirement: 'account.group',
    profiles: profilesBefore('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override chargeUnpopulated(_process: Process, page: Page): void {
            this.charge(page, 0);
          }
        },
    },
    witness: [join(0, 1), map(0, 0), toDevice(0, 0), charge(1)],
  },
  {
    id: 'migration-charges-the-first-group',
    title: 'A page that migrates is charged to the first group.',
    source: 'class (n)',
    requirement: 'account.group',
    profiles: profilesBefore('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override moveCharge(from: Page, to: Page): void {
            this.uncharge(from);
            this.charge(to, 0);
          }
        },
    },
    witness: [join(0, 1), map(0, 0), store(0, 0, 1), toDevice(0, 0), charge(1)],
  },
  /** Device entries were handled in two functions, and reached only one of them. */
  {
    id: 'join-leaves-device-pages',
    title: 'The charge of a device page does not follow its process to another group.',
    source: 'own',
    requirement: 'account.join-moves',
    profiles: profilesWith(({ joinMoves }) => joinMoves === 'all'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override followsOwner(page: Page): boolean {
            return page.pagemap === undefined && super.followsOwner(page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), join(0, 1), charge(1)],
  },
  {
    id: 'join-moves-nothing',
    title: 'The charges of a process do not follow it to another group.',
    source: 'own',
    requirement: 'account.join-moves',
    profiles: profilesWith(({ joinMoves }) => joinMoves === 'all'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override followsOwner(): boolean {
            return false;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), join(0, 1), charge(1)],
  },
  /** The behaviour of earlier versions is wrong in later ones. */
  {
    id: 'join-moves-charges',
    title: 'The charges of a process follow it to another group, although they must stay.',
    source: 'own',
    requirement: 'account.join-leaves',
    profiles: profilesWith(({ joinMoves }) => joinMoves === 'nothing'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override followsOwner(page: Page): boolean {
            return page.maps === 1;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), join(0, 1), charge(1)],
  },
  {
    id: 'return-is-charged-to-the-toucher',
    title: 'A page that migrates to system memory is charged to the group of the process that accessed it.',
    source: 'class (n)',
    requirement: 'account.join-leaves',
    profiles: profilesWith(({ joinMoves }) => joinMoves === 'nothing'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override deviceFault(process: Process, index: number, entry: number): FaultResult {
            const result = super.deviceFault(process, index, entry);
            const page = this.page(pfnOf(process.entry(index)));
            if (result === FAULT_DONE && page.group !== NO_GROUP) this.recharge(page, process.group);
            return result;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), join(0, 1), load(0, 0), charge(1)],
  },
  {
    id: 'copy-passes-the-limit',
    title: 'Copy-on-write makes a copy beyond the charge limit of the group.',
    source: 'class (n)',
    requirement: 'account.limit-holds',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override breakSharing(process: Process, index: number, old: Page): number {
            const { limits } = this.groups;
            const [first = 0, second = 0] = limits;
            limits.fill(NO_LIMIT);
            const pfn = super.breakSharing(process, index, old);
            limits.splice(0, 2, first, second);
            return pfn;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), limit(0), store(0, 0, 2)],
  },
  {
    id: 'hole-at-the-limit-keeps-a-frame',
    title: 'The frame for an unpopulated page whose charge is refused is not freed.',
    source: 'MIG-8',
    requirement: 'account.limit-holds',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override mayPlace(source: number, process: Process): boolean {
            const may = super.mayPlace(source, process);
            if (!may) this.allocateFrame();
            return may;
          }
        },
    },
    witness: [map(0, 0), limit(0), toDevice(0, 0)],
  },
  {
    id: 'hole-migrates-past-the-limit',
    title: 'An unpopulated page migrates to the device beyond the charge limit of the group.',
    source: 'MIG-8',
    requirement: 'account.limit-holds',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override mayPlace(): boolean {
            return true;
          }
        },
    },
    witness: [map(0, 0), limit(0), toDevice(0, 0)],
  },
  {
    id: 'store-passes-the-limit',
    title: 'A store to an unpopulated page allocates a page beyond the charge limit of the group.',
    source: 'class (n)',
    requirement: 'account.limit-holds',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unpopulatedFault(process: Process, index: number, write: boolean): number {
            const { limits } = this.groups;
            const [first = 0, second = 0] = limits;
            limits.fill(NO_LIMIT);
            const pfn = super.unpopulatedFault(process, index, write);
            limits.splice(0, 2, first, second);
            return pfn;
          }
        },
    },
    witness: [map(0, 0), limit(0), store(0, 0, 1)],
  },
  {
    id: 'return-needs-room-in-the-group',
    title: 'A page migrates to system memory only if its group can be charged for one more page.',
    source: 'class (n)',
    requirement: 'account.limit-spares-return',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override migrateBack(batch: MigrateBatch, i: number): FaultResult {
            const { group } = this.kernel.page(batch.source(i));
            return this.kernel.groups.isFull(group) ? FAULT_OOM : super.migrateBack(batch, i);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), limit(0), load(0, 0)],
  },
  {
    id: 'process-begins-in-the-group-of-its-predecessor',
    title: 'A new process is in the control group of the previous process with its number.',
    source: 'own',
    requirement: 'account.group',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override spawn(process: Process): void {
            const { group } = process;
            super.spawn(process);
            process.group = group;
          }
        },
    },
    witness: [join(0, 1), exit(0), spawn(0), map(0, 0), store(0, 0, 1), charge(1)],
  },
];
