import { profilesFrom, profilesWith } from '../../spec/profiles/profile.ts';
import type { ErrorName, Result } from '../../spec/vocabulary/result.ts';
import {
  detach,
  deviceLoad,
  evict,
  exit,
  fork,
  kernelLoad,
  load,
  makeExclusive,
  map,
  move,
  pin,
  protect,
  race,
  store,
  toDevice,
  unmap,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isPresent, isWritable, NONE, pfnOf, readOnly, writable } from '../kernel/entry.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { copyPage, FAULT_DONE, FAULT_SIGBUS, type FaultResult, type Page } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const raceMutants: readonly Mutant[] = [
  /**
   * The callback received a page without a reference: when it used the page, the page was free or had another owner.
   */
  {
    id: 'late-fault-copies-over-the-page',
    title:
      'The second of two faults for one page copies the frame that it had looked up, which has been freed meanwhile, over the migrated page.',
    source: 'C-03',
    requirement: 'race.value',
    profiles: profilesWith(({ faultLocksPage }) => !faultLocksPage),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override racingDeviceFault(process: Process, index: number, page: Page): FaultResult {
            this.runConcurrent();
            if (this.mapsFrame(process.slot, index, page.pfn))
              return this.callPageFault(process, index, page);
            const entry = process.entry(index);
            if (isPresent(entry)) copyPage(page, this.page(pfnOf(entry)));
            return FAULT_DONE;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(load(0, 0), load(0, 0))],
  },
  /** The fault path began to hold a reference while it called the driver, and each of its exits had to release it. */
  {
    id: 'lost-fault-keeps-its-reference',
    title:
      'A fault that finds its page migrated does not drop its reference to the frame: the frame is never freed.',
    source: 'C-03',
    requirement: 'race.frame-accounting',
    profiles: profilesWith(({ faultLocksPage }) => !faultLocksPage),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override racingDeviceFault(process: Process, index: number, page: Page): FaultResult {
            this.getPage(page);
            this.runConcurrent();
            const isGone = !this.mapsFrame(process.slot, index, page.pfn);
            const result = this.callPageFault(process, index, page);
            if (!isGone) this.putPage(page);
            return result;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(load(0, 0), load(0, 0))],
  },
  /** Collecting no page is not a failure: a driver that treated it as one killed the slower of two threads. */
  {
    id: 'lost-fault-is-a-bus-error',
    title: 'An access whose page was migrated by a concurrent command gets SIGBUS instead of being retried.',
    source: 'class (p)',
    requirement: 'race.one-order',
    profiles: profilesWith(({ faultLocksPage }) => !faultLocksPage),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override callPageFault(process: Process, index: number, page: Page): FaultResult {
            const isGone = !this.mapsFrame(process.slot, index, page.pfn);
            return isGone ? FAULT_SIGBUS : super.callPageFault(process, index, page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(load(0, 0), load(0, 0))],
  },
  /** Both the address of the access and that of the range around it are available, and one is used for the other. */
  {
    id: 'racing-fault-names-the-chunk',
    title:
      'While a concurrent command holds the page, page_fault is called for the first page of the range instead of the accessed page.',
    source: 'class (p)',
    requirement: 'race.page-fault-calls',
    profiles: profilesWith(({ faultLocksPage }) => !faultLocksPage),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override racingDeviceFault(process: Process, index: number, page: Page): FaultResult {
            return super.racingDeviceFault(process, index - (index % 2), page);
          }
        },
    },
    witness: [map(0, 0), map(0, 1), toDevice(0, 0, 2), race(load(0, 1), load(0, 1))],
  },
  {
    id: 'fault-does-not-lock-its-page',
    title: 'Two concurrent accesses to one page both call page_fault.',
    source: 'C-26',
    requirement: 'race.locked-fault',
    profiles: profilesWith(({ faultLocksPage }) => faultLocksPage),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override waitsForLock(): boolean {
            return false;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(load(0, 0), load(0, 0))],
  },
  {
    id: 'access-that-waited-does-not-read-its-entry-again',
    title:
      'An access that waited for the page lock calls page_fault, although the page has migrated meanwhile.',
    source: 'class (p)',
    requirement: 'race.locked-fault',
    profiles: profilesWith(({ faultLocksPage }) => faultLocksPage),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override lockedDeviceFault(process: Process, index: number, page: Page): FaultResult {
            const accesses = this.waitsForLock(page) ? this.concurrent?.accesses : undefined;
            const result = super.lockedDeviceFault(process, index, page);
            if (accesses !== undefined) {
              this.callPageFault(this.process(accesses.process), accesses.index, page);
            }
            return result;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(store(0, 0, 5), kernelLoad(0, 0))],
  },
  /** The kernel checks an entry again when it has prepared the page that populates it; here the store does not. */
  {
    id: 'late-store-fills-a-hole-again',
    title:
      'A store that populates a page does not see that it was populated meanwhile: the frame or page there is lost.',
    source: 'own',
    requirement: 'race.entries',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isLate(process: Process, index: number, entry: number, write: boolean): boolean {
            const isLate = super.isLate(process, index, entry, write);
            const isFilled = entry === NONE && write && process.entry(index) !== NONE;
            return isLate && !isFilled;
          }
        },
    },
    witness: [map(0, 0), race(store(0, 0, 5), toDevice(0, 0))],
  },
  {
    id: 'unmap-drops-what-it-had-read',
    title:
      'An unmap drops the page that it had looked up, although it has migrated meanwhile: the reference to the frame is dropped twice, that to the page never.',
    source: 'class (d)',
    requirement: 'race.frame-accounting',
    profiles: profilesFrom('linux-6.1'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override entryAfterConcurrent(process: Process, index: number): number {
            const entry = process.entry(index);
            super.entryAfterConcurrent(process, index);
            return entry;
          }

          protected override isOpenTo(): boolean {
            return false;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(unmap(0, 0), load(0, 0))],
  },
  {
    id: 'eviction-misses-the-child',
    title:
      'An eviction migrates the page for the processes that shared it when it began: the child of a concurrent fork loses it.',
    source: 'class (f)',
    requirement: 'race.entries',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override runConcurrentIn(batch: MigrateBatch): void {
            const knew = this.processes.map(({ alive }) => alive);
            super.runConcurrentIn(batch);
            for (const process of this.processes) {
              if (!process.alive || knew[process.slot] === true) continue;
              for (let i = 0; i < batch.count; i++) {
                const index = batch.isMigrating(i)
                  ? this.indexInVma(process, this.page(batch.source(i)))
                  : -1;
                if (index >= 0) this.zapEntry(process, index);
              }
            }
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(evict(0, 0), fork(0, 1))],
  },
  {
    id: 'fork-keeps-the-entry-from-before-an-eviction',
    title:
      'A fork copies the entry that it read before an eviction: both processes keep entries for a freed frame.',
    source: 'class (f)',
    requirement: 'race.entries',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override fork(parent: Process, child: Process): void {
            const isOpen = this.isOpenTo(parent);
            const entries = parent.entries.slice();
            super.fork(parent, child);
            for (const [index, entry] of entries.entries()) {
              const hasMoved = isOpen && isDevice(entry) && !isDevice(parent.entry(index));
              if (!hasMoved) continue;
              parent.entries[index] = this.parentEntry(entry);
              child.entries[index] = this.childEntry(entry);
            }
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(fork(0, 1), evict(0, 0))],
  },
  /** An unpopulated page that was collected may have been populated or unmapped by the time its new page is ready. */
  {
    id: 'migration-trusts-what-it-collected',
    title: 'A migration does not check again what it collected, and populates a page whose mapping is gone.',
    source: 'own',
    requirement: 'race.frame-accounting',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isStillThere(): boolean {
            return true;
          }
        },
    },
    witness: [map(0, 0), map(0, 1), race(toDevice(0, 0, 2), unmap(0, 0))],
  },
  /**
   * A page that was free to move when it was collected may be pinned by the time it is removed from the page tables.
   */
  {
    id: 'migration-moves-what-was-pinned-meanwhile',
    title:
      'A migration does not check again whether a page is pinned, and migrates a pinned page to the device.',
    source: 'class (f)',
    requirement: 'race.page-fault-calls',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isStillFree(entry: number): boolean {
            return isDevice(entry) || isPresent(entry);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), race(toDevice(0, 0), pin(0, 0))],
  },
  /**
   * The permission of a page that moves is that of its entry at the time of remapping, not at the time of collection.
   */
  {
    id: 'migration-restores-what-protect-took',
    title:
      'A migration restores the permission that it found, although the page has become read-only meanwhile.',
    source: 'class (f)',
    requirement: 'race.entries',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override runConcurrentIn(batch: MigrateBatch): void {
            const { process, start } = batch;
            const found = process?.entries.slice() ?? [];
            super.runConcurrentIn(batch);
            if (process === undefined) return;
            for (let i = 0; i < batch.count; i++) {
              const [was, is] = [found[start + i] ?? NONE, process.entry(start + i)];
              if (batch.isMigrating(i) && is !== was && is === readOnly(was))
                process.entries[start + i] = was;
            }
          }

          protected override replaceMigrationEntry(
            process: Process,
            index: number,
            entry: number,
            page: Page,
          ): void {
            super.replaceMigrationEntry(process, index, entry, page);
            const isSole = page.maps === 1 && isDevice(process.entry(index));
            if (isWritable(entry) && isSole) process.entries[index] = writable(process.entry(index));
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), race(toDevice(0, 0), protect(0, 0, 'read'))],
  },
  /** A command that moves a page to a device must use the entry as the concurrent access has left it. */
  {
    id: 'exclusive-entry-for-a-page-that-has-moved',
    title:
      'Make-exclusive does not check its page again: a page that has migrated to a device meanwhile gets an exclusive entry.',
    source: 'class (f)',
    requirement: 'race.entries',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      driver: (base) =>
        class extends base {
          override makeExclusive(process: Process, index: number): Result {
            const { concurrent } = this.kernel;
            if (concurrent === undefined) return super.makeExclusive(process, index);
            this.kernel.concurrent = undefined;
            const accessed = this.refusal(process, index, true) ?? this.kernel.access(process, index, true);
            this.kernel.concurrent = concurrent;
            if (typeof accessed !== 'number' || accessed < 0) return super.makeExclusive(process, index);
            this.kernel.runConcurrent();
            if (!isDevice(process.entry(index))) return super.makeExclusive(process, index);
            this.kernel.makeExclusive(process, index);
            return 'ok';
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), race(makeExclusive(0, 0), toDevice(0, 0))],
  },
  {
    id: 'exit-puts-what-an-eviction-has-freed',
    title:
      'An exit puts the frames that it had looked up, although an eviction has freed one meanwhile: its reference is dropped twice.',
    source: 'class (d)',
    requirement: 'race.frame-accounting',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override exit(process: Process): void {
            const found = process.entries.slice();
            const isOpen = this.concurrent !== undefined;
            const first = found.findIndex((entry) => entry !== NONE);
            if (isOpen && first >= 0) this.runConcurrent();
            const now = process.entry(first);
            super.exit(process);
            const was = found[first] ?? NONE;
            if (isOpen && isDevice(was) && !isDevice(now)) this.dropReference(this.page(pfnOf(was)));
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), race(exit(1), evict(0, 0))],
  },
  {
    id: 'fault-leaks-the-frame-of-a-device-that-has-gone',
    title:
      'A fault whose device is detached meanwhile does not drop its reference to the frame: the frame is never freed.',
    source: 'class (d)',
    requirement: 'race.frame-accounting',
    profiles: profilesWith(({ faultLocksPage }) => !faultLocksPage),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override racingDeviceFault(process: Process, index: number, page: Page): FaultResult {
            if (this.concurrent?.drains !== true) return super.racingDeviceFault(process, index, page);
            this.getPage(page);
            this.runConcurrent();
            if (!this.mapsFrame(process.slot, index, page.pfn)) return FAULT_DONE;
            const result = this.callPageFault(process, index, page);
            this.putPage(page);
            return result;
          }
        },
      driver: (base) =>
        class extends base {
          protected override isDrained(): boolean {
            return this.frames.every(({ maps }) => maps === 0);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(load(0, 0), detach)],
  },
  {
    id: 'migration-goes-to-a-device-that-has-gone',
    title:
      'A migration does not check again whether the device is attached: pages migrate to a detached device.',
    source: 'own',
    requirement: 'race.frame-accounting',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override stillTakesPages(): boolean {
            return true;
          }
        },
    },
    witness: [map(0, 0), race(toDevice(0, 0), detach)],
  },
  {
    id: 'move-keeps-the-entry-from-before-an-eviction',
    title:
      'A move writes the entry that it had read to the new address, although an eviction has replaced it: the page is lost.',
    source: 'class (f)',
    requirement: 'race.entries',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override entryToMove(process: Process, index: number): number {
            const entry = process.entry(index);
            super.entryToMove(process, index);
            return entry;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(move(0, 0, 1), evict(0, 0))],
  },
  /** A driver looks pages up under a lock that is not held while the device works, so it must look again afterwards. */
  {
    id: 'device-uses-what-it-had-looked-up',
    title: 'A device accesses the frame that it had looked up, although the page has migrated meanwhile.',
    source: 'class (f)',
    requirement: 'race.value',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override lookUp(process: Process, index: number, write: boolean): number | ErrorName {
            const entry = process.entry(index);
            const found = super.lookUp(process, index, write);
            return typeof found === 'number' && isDevice(entry) ? entry : found;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), race(deviceLoad(0, 0), evict(0, 0))],
  },
  {
    id: 'two-pins-in-one-slot',
    title:
      'A pin checks its slot only before it accesses the page: of two concurrent pins both succeed, and one is never released.',
    source: 'own',
    requirement: 'race.one-order',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override wasTaken(): boolean {
            return false;
          }
        },
    },
    witness: [map(0, 0), race(pin(0, 0), pin(0, 0))],
  },
];
