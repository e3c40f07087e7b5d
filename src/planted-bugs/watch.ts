import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  deviceStore,
  discard,
  fork,
  load,
  makeExclusive,
  map,
  pin,
  protect,
  store,
  toDevice,
  watch,
} from '../../spec/vocabulary/shorthand.ts';
import {
  isDevice,
  isPresent,
  isWatched,
  isWritable,
  pfnOf,
  readOnly,
  unwatched,
  watched,
} from '../kernel/entry.ts';
import { ACCESS_TRAPPED } from '../kernel/faults-and-migration.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { fillPage, type Page } from '../kernel/memory.ts';
import { PRIVATE_VMA, type Process, WATCH_STORES } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const watchMutants: readonly Mutant[] = [
  {
    id: 'watch-cannot-be-ended-on-the-device',
    title: 'Ending a watch skips device entries.',
    source: 'class (q)',
    requirement: 'watch.own',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unwatchedEntry(process: Process, index: number, entry: number): number {
            return isDevice(entry) ? entry : super.unwatchedEntry(process, index, entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), watch(0, 0, 'write-protect'), watch(0, 0, 'none'), store(0, 0, 1)],
  },
  {
    id: 'watch-is-read-of-the-flavour',
    title:
      'Migration tests the userfaultfd bit of a device entry as in a present one, which is its write bit: the page of a WRITE entry is write-protected afterwards.',
    source: 'C-10',
    requirement: 'watch.own',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override migrationEntryFor(page: Page, entry: number): number {
            const made = super.migrationEntryFor(page, entry);
            return isDevice(entry) && isWritable(entry) ? watched(readOnly(made)) : made;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), store(0, 0, 1)],
  },
  {
    id: 'load-fills-a-watched-hole',
    title: 'A load of a watched unpopulated page maps the zero page without a userfaultfd event.',
    source: 'own',
    requirement: 'watch.traps-missing',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override noneFault(process: Process, index: number, write: boolean): number {
            const isUnpopulated = process.kind(index) === PRIVATE_VMA;
            return isUnpopulated && !write
              ? this.unpopulatedFault(process, index, write)
              : super.noneFault(process, index, write);
          }
        },
    },
    witness: [map(0, 0), watch(0, 0, 'missing'), load(0, 0)],
  },
  {
    id: 'store-fills-a-watched-hole',
    title: 'A store to a watched unpopulated page populates it without a userfaultfd event.',
    source: 'own',
    requirement: 'watch.traps-missing',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override noneFault(process: Process, index: number, write: boolean): number {
            const isUnpopulated = process.kind(index) === PRIVATE_VMA;
            return isUnpopulated && write
              ? this.unpopulatedFault(process, index, write)
              : super.noneFault(process, index, write);
          }
        },
    },
    witness: [map(0, 0), watch(0, 0, 'missing'), store(0, 0, 1)],
  },
  {
    id: 'watched-hole-keeps-a-frame',
    title: 'A frame that was allocated for an unpopulated page before its watch was found is not freed.',
    source: 'MIG-8',
    requirement: 'watch.missing-stays',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unpopulatedMayMove(process: Process, index: number): boolean {
            return process.kind(index) === PRIVATE_VMA;
          }

          protected override insertPage(batch: MigrateBatch, i: number, page: Page): void {
            const { process, start } = batch;
            if (process === undefined || !this.trapsMissing(process, start + i)) {
              super.insertPage(batch, i, page);
              return;
            }
            batch.giveUp(i);
            this.uncharge(page);
            this.getPage(page);
          }
        },
    },
    witness: [map(0, 0), watch(0, 0, 'missing'), toDevice(0, 0)],
  },
  {
    id: 'watched-hole-migrates',
    title: 'A migration populates a page that is watched for missing pages.',
    source: 'MIG-8',
    requirement: 'watch.missing-stays',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unpopulatedMayMove(process: Process, index: number): boolean {
            return process.kind(index) === PRIVATE_VMA;
          }
        },
    },
    witness: [map(0, 0), watch(0, 0, 'missing'), toDevice(0, 0)],
  },
  {
    id: 'device-store-passes-the-watch',
    title: 'A device stores through an entry that is READ because of write protection.',
    source: 'own',
    requirement: 'watch.traps-store',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      driver: (base) =>
        class extends base {
          override deviceStore(process: Process, index: number, value: number): Result {
            const entry = process.entry(index);
            const lands =
              isDevice(entry) && isWatched(entry) && this.refusal(process, index, true) === undefined;
            if (!lands || !this.isOwn(entry)) return super.deviceStore(process, index, value);
            fillPage(this.kernel.page(pfnOf(entry)), value);
            return 'ok';
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), watch(0, 0, 'write-protect'), deviceStore(0, 0, 1)],
  },
  {
    id: 'pin-passes-the-watch',
    title: 'A pin for writing succeeds on a write-protected page.',
    source: 'own',
    requirement: 'watch.traps-store',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override pinnable(process: Process, index: number): number {
            const entry = process.entry(index);
            const passes = isPresent(entry) && isWatched(entry) && this.permits(process, index, true);
            return passes ? pfnOf(entry) : super.pinnable(process, index);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), watch(0, 0, 'write-protect'), pin(0, 0)],
  },
  {
    id: 'sharing-is-broken-before-the-watch',
    title: 'A store to a shared, write-protected page makes a copy without a userfaultfd event.',
    source: 'own',
    requirement: 'watch.traps-store',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override writeFault(process: Process, index: number, entry: number): number {
            const page = this.page(pfnOf(entry));
            const isPrivate = !this.isPermanent(process, index);
            return isPrivate && this.isShared(page)
              ? this.breakSharing(process, index, page)
              : super.writeFault(process, index, entry);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), watch(0, 0, 'write-protect'), store(0, 0, 2)],
  },
  {
    id: 'taking-back-strips-the-watch',
    title: 'The end of exclusive access ends the write protection of the page.',
    source: 'C-39',
    requirement: 'watch.traps-store',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override restoreExclusive(process: Process, index: number, entry: number): void {
            super.restoreExclusive(process, index, unwatched(entry));
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), watch(0, 0, 'write-protect'), store(0, 0, 1)],
  },
  {
    id: 'watch-leaves-write',
    title: 'The device entry of a page stays WRITE when the page is write-protected.',
    source: 'class (a)',
    requirement: 'watch.traps-store',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override watchedEntry(entry: number): number {
            return isDevice(entry) ? watched(entry) : super.watchedEntry(entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), watch(0, 0, 'write-protect')],
  },
  {
    id: 'watched-page-cannot-come-back',
    title: 'A load of a write-protected page on the device is trapped, and the page never migrates.',
    source: 'class (a)',
    requirement: 'watch.passes-loads',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override fault(process: Process, index: number, entry: number, write: boolean): number {
            const traps = isDevice(entry) && isWatched(entry);
            return traps ? ACCESS_TRAPPED : super.fault(process, index, entry, write);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), watch(0, 0, 'write-protect'), load(0, 0)],
  },
  {
    id: 'watched-page-traps-loads',
    title: 'A load of a write-protected page is trapped.',
    source: 'class (a)',
    requirement: 'watch.passes-loads',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override load(process: Process, index: number): Result {
            const entry = process.entry(index);
            const traps = isPresent(entry) && isWatched(entry) && this.permits(process, index, false);
            return traps ? 'trapped' : super.load(process, index);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), watch(0, 0, 'write-protect'), load(0, 0)],
  },
  {
    id: 'migration-forgets-the-watch',
    title: 'Write protection is lost when the page migrates to the device.',
    source: 'C-11',
    requirement: 'watch.survives',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override trackedEntry(page: Page, made: number, entry: number): number {
            return super.trackedEntry(page, made, page.pagemap === undefined ? entry : unwatched(entry));
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), watch(0, 0, 'write-protect'), toDevice(0, 0), store(0, 0, 2)],
  },
  {
    id: 'protect-strips-the-watch',
    title: 'Protect ends the write protection of a device entry.',
    source: 'C-45',
    requirement: 'watch.survives',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override protectedEntry(entry: number, protection: number): number {
            const made = super.protectedEntry(entry, protection);
            return isDevice(entry) ? unwatched(made) : made;
          }
        },
    },
    witness: [
      map(0, 0, 'read'),
      toDevice(0, 0),
      watch(0, 0, 'write-protect'),
      protect(0, 0, 'write'),
      store(0, 0, 1),
    ],
  },
  {
    id: 'discard-leaves-the-watch',
    title: 'A store after the discard of a write-protected page is trapped.',
    source: 'class (f)',
    requirement: 'watch.own',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unpopulatedFault(process: Process, index: number, write: boolean): number {
            const pfn = super.unpopulatedFault(process, index, write);
            const entry = process.entry(index);
            if (pfn > 0 && process.watch(index) === WATCH_STORES)
              process.entries[index] = watched(readOnly(entry));
            return pfn;
          }
        },
    },
    witness: [
      map(0, 0),
      store(0, 0, 1),
      watch(0, 0, 'write-protect'),
      discard(0, 0),
      store(0, 0, 2),
      store(0, 0, 3),
    ],
  },
  {
    id: 'fork-hands-the-watch-on',
    title: 'The child of a fork inherits the write protection of the parent.',
    source: 'class (b)',
    requirement: 'watch.own',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override childEntry(entry: number): number {
            return isDevice(entry) ? this.downgradedEntry(entry) : readOnly(entry);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), watch(0, 0, 'write-protect'), fork(0, 1), store(1, 0, 2)],
  },
  {
    id: 'watch-reaches-other-sharers',
    title: 'Write protection by one process also traps stores of the processes that share the page.',
    source: 'own',
    requirement: 'watch.own',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override watch(process: Process, index: number, how: number): void {
            super.watch(process, index, how);
            const entry = process.entry(index);
            if (!isPresent(entry) || !isWatched(entry)) return;
            for (const other of this.processes) {
              const at = this.indexInVma(other, this.page(pfnOf(entry)));
              if (at >= 0) other.entries[at] = watched(readOnly(other.entry(at)));
            }
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), watch(0, 0, 'write-protect'), store(1, 0, 2)],
  },
];
