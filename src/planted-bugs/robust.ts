import { MAX_SWAP_AREAS, type Scope } from '../../spec/vocabulary/scope.ts';
import { type Profile, profilesFrom } from '../../spec/profiles/profile.ts';
import type { Advice } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  advise,
  close,
  discard,
  evict,
  fork,
  inject,
  limit,
  load,
  makeExclusive,
  map,
  pageMap,
  peek,
  pin,
  store,
  swapOn,
  toDevice,
  unmap,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isExclusiveEntry, isMigration, migrationEntry, pfnOf } from '../kernel/entry.ts';
import { copyPage, FAULT_DONE, type FaultResult, type Page } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const robustMutants: readonly Mutant[] = [
  /** The page offset of an entry was computed as if the entry were present. */
  {
    id: 'shared-unmap-crashes',
    title:
      'Unmapping a shared device page for migration follows a pointer made from a swap entry of the wrong type.',
    source: 'C-07',
    requirement: 'robust.no-crash',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unmapForMigration(page: Page): void {
            for (const process of this.processes) {
              const entry = process.entry(this.indexInVma(process, page));
              if (isDevice(entry) && page.maps > 1) this.page(entry);
            }
            super.unmapForMigration(page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), load(0, 0)],
  },
  /** Lazy freeing did not check whether the entry was present, and interpreted its bits as a page number. */
  {
    id: 'discard-crashes-on-device-entries',
    title: 'Discard treats a device entry as a present one.',
    source: 'C-43',
    requirement: 'robust.no-crash',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override discard(process: Process, index: number): Result {
            const entry = process.entry(index);
            if (isDevice(entry)) this.page(entry);
            return super.discard(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), discard(0, 0)],
  },
  {
    id: 'cold-advice-crashes-on-device-entries',
    title: 'MADV_COLD makes a page frame number from the bits of a device entry.',
    source: 'C-43',
    requirement: 'robust.no-crash',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override advise(process: Process, index: number, advice: Advice): Result {
            const entry = process.entry(index);
            if (advice === 'cold' && isDevice(entry)) this.page(entry);
            return super.advise(process, index, advice);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), advise(0, 0, 'cold')],
  },
  {
    id: 'page-free-after-close-crashes',
    title: 'page_free follows a pointer that was freed when the device was closed.',
    source: 'TRD-3',
    requirement: 'robust.no-crash',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override pageFree(page: Page): void {
            if (!this.opened) throw new ReferenceError('the driver of this page is gone');
            super.pageFree(page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), close, unmap(0, 0)],
  },
  {
    id: 'page-map-crashes-on-device-entries',
    title: 'Reading the page map crashes at a device entry.',
    source: 'C-41',
    requirement: 'robust.no-crash',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override pageMap(process: Process, index: number): Result {
            const entry = process.entry(index);
            if (isDevice(entry) && !isMigration(entry)) throw new TypeError('this entry cannot be');
            return super.pageMap(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), pageMap(0, 0)],
  },
  /** Users of reverse mapping read such entries with the accessors for present entries. */
  {
    id: 'page-out-takes-an-exclusive-page-for-a-present-one',
    title: 'MADV_PAGEOUT makes a page frame number from the bits of an exclusive entry.',
    source: 'C-39',
    requirement: 'robust.no-crash',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override advise(process: Process, index: number, advice: Advice): Result {
            const entry = process.entry(index);
            if (advice === 'page-out' && isExclusiveEntry(entry)) this.page(entry);
            return super.advise(process, index, advice);
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), advise(0, 0, 'page-out')],
  },
  {
    id: 'placement-advice-crashes-on-device-entries',
    title: 'Advice to move a page to another node makes a page frame number from the bits of a device entry.',
    source: 'C-44',
    requirement: 'robust.no-crash',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override advise(process: Process, index: number, advice: Advice): Result {
            const entry = process.entry(index);
            if (advice === 'move-node' && isDevice(entry)) this.page(entry);
            return super.advise(process, index, advice);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), advise(0, 0, 'move-node')],
  },
  /** The walk did not compare page frame numbers, so it replaced another process's page by the one that was evicted. */
  {
    id: 'eviction-matches-any-device-entry',
    title: 'Reverse mapping treats any device entry at the right address as an entry of its page.',
    source: 'C-42',
    requirement: 'robust.at-rest',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unmapForMigration(page: Page): void {
            super.unmapForMigration(page);
            if (page.pagemap === undefined) return;
            for (const process of this.processes) {
              for (let index = 0; index < this.scope.pages; index++) {
                if (process.offset(index) === page.index && isDevice(process.entry(index)))
                  process.entries[index] = migrationEntry(page.pfn, false);
              }
            }
          }
        },
    },
    witness: [map(0, 0), fork(0, 1), toDevice(0, 0), toDevice(1, 0), evict(0, 0)],
  },
  {
    id: 'unmap-reaches-the-next-page',
    title: 'Unmap also clears the entry of the next page.',
    source: 'own',
    requirement: 'robust.at-rest',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override unmap(process: Process, index: number): void {
            super.unmap(process, index);
            if (index + 1 < this.scope.pages) this.zapEntry(process, index + 1);
          }
        },
    },
    witness: [map(0, 0), map(0, 1), store(0, 1, 1), unmap(0, 0)],
  },
  {
    id: 'fork-copies-nothing-at-the-limit',
    title:
      'The child of a fork has an unpopulated page instead of the copy of a pinned page, if its group is at its limit.',
    source: 'class (h)',
    requirement: 'robust.at-rest',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkCopy(child: Process, index: number, entry: number, page: Page): void {
            if (this.mayCharge(child.group)) super.forkCopy(child, index, entry, page);
          }
        },
    },
    witness: [map(0, 0), pin(0, 0), limit(0), fork(0, 1)],
  },
  {
    id: 'peek-takes-exclusive-pages-back',
    title: 'A no-fault load ends exclusive access to its page.',
    source: 'own',
    requirement: 'robust.at-rest',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override nofaultLoad(process: Process, index: number): Result {
            const entry = process.entry(index);
            if (isExclusiveEntry(entry) && this.permits(process, index, false))
              this.restoreExclusive(process, index, entry);
            return super.nofaultLoad(process, index);
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), peek(0, 0)],
  },
  /** The callback's result was not returned, so a page that cannot migrate was requested without end. */
  {
    id: 'fault-result-is-swallowed',
    title: 'The result of page_fault is ignored: the access is retried until it succeeds.',
    source: 'C-04',
    requirement: 'robust.terminates',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override deviceFault(process: Process, index: number, entry: number): FaultResult {
            super.deviceFault(process, index, entry);
            return FAULT_DONE;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('oom', 'until-healed'), load(0, 0)],
  },
  /**
   * Half of the handling of device entries was lost in a rebase. A page that was not collected on the fast path stayed
   * mapped, and the driver treated it as a success of another migration.
   */
  {
    id: 'rmap-skips-read-entries',
    title:
      'Reverse mapping skips the entries of a shared device page, which can then never migrate: an access is retried endlessly.',
    source: 'C-31',
    requirement: 'robust.terminates',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unmapForMigration(page: Page): void {
            if (page.pagemap === undefined || page.maps === 1) super.unmapForMigration(page);
          }
        },
      driver: (base) =>
        class extends base {
          protected override migrateRangeBack(
            process: Process,
            start: number,
            count: number,
            wanted: number,
          ): FaultResult {
            const page = this.kernel.page(pfnOf(process.entry(wanted)));
            const result = super.migrateRangeBack(process, start, count, wanted);
            return page.maps > 1 ? FAULT_DONE : result;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), load(0, 0)],
  },
  /** A target in one process for all cases: an object that is created once and never reset is common to all worlds. */
  {
    id: 'host-memory-outlives-a-case',
    title: 'Host memory keeps its content from one case to the next.',
    source: 'own',
    requirement: 'robust.fresh-world',
    profiles: EVERY_PROFILE,
    mutation: {
      outlivesWorlds: true,
      kernel: (base) => {
        let kept: readonly Page[] = [];
        return class extends base {
          constructor(profile: Profile, scope: Scope) {
            super(profile, scope);
            const pages = Array.from({ length: scope.pages }, (_, index) => this.hostPage(index));
            for (const [index, page] of kept.slice(0, scope.pages).entries()) {
              copyPage(page, this.hostPage(index));
            }
            kept = pages;
          }
        };
      },
    },
    before: [[map(0, 0, 'write', 'host'), store(0, 0, 3)]],
    witness: [map(0, 0, 'write', 'host'), load(0, 0)],
  },
  {
    id: 'swap-areas-outlive-a-case',
    title: 'Swap areas that a case switched on stay on in the next case.',
    source: 'own',
    requirement: 'robust.fresh-world',
    profiles: EVERY_PROFILE,
    mutation: {
      outlivesWorlds: true,
      kernel: (base) => {
        let areas = 0;
        return class extends base {
          constructor(profile: Profile, scope: Scope) {
            super(profile, scope);
            this.swapAreas = Math.min(areas, this.swapLimit());
          }

          override swapOn(wanted: number): number {
            const accepted = super.swapOn(wanted);
            areas = this.swapAreas;
            return accepted;
          }
        };
      },
    },
    before: [[swapOn(MAX_SWAP_AREAS)]],
    witness: [swapOn(3)],
  },
  {
    id: 'limits-outlive-a-case',
    title: 'Control groups keep the limits of the previous case.',
    source: 'own',
    requirement: 'robust.fresh-world',
    profiles: EVERY_PROFILE,
    mutation: {
      outlivesWorlds: true,
      kernel: (base) => {
        let kept: readonly number[] = [];
        return class extends base {
          constructor(profile: Profile, scope: Scope) {
            super(profile, scope);
            for (const [group, pages] of kept.entries()) this.groups.limits[group] = pages;
            kept = this.groups.limits;
          }
        };
      },
    },
    before: [[limit(0)]],
    witness: [map(0, 0), store(0, 0, 3)],
  },
];
