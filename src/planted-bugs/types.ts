import type { Result } from '../../spec/vocabulary/result.ts';
import {
  detach,
  deviceStore,
  discard,
  fork,
  hotAdd,
  load,
  map,
  mapHost,
  populate,
  store,
  swapOn,
  toDevice,
} from '../../spec/vocabulary/shorthand.ts';
import { isWritable, presentEntry } from '../kernel/entry.ts';
import { copyPage, FILE_PAGE, fillPage, isAnonymous, type Page } from '../kernel/memory.ts';
import { FILE_VMA, HOST_VMA, type Process, SHARED_VMA } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const typesMutants: readonly Mutant[] = [
  {
    id: 'fork-copies-host-memory',
    title: 'The child of a fork gets a copy of a host page.',
    source: 'own',
    requirement: 'types.host-value',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkPermanent(child: Process, index: number, entry: number, page: Page): void {
            if (page.pagemap === undefined) return super.forkPermanent(child, index, entry, page);
            const copy = this.allocPage();
            copyPage(page, copy);
            this.addMap(copy, child.offset(index));
            child.entries[index] = presentEntry(copy.pfn, isWritable(entry));
          }
        },
    },
    witness: [mapHost(0, 0), fork(0, 1), store(0, 0, 1), load(1, 0)],
  },
  {
    id: 'host-memory-migrates',
    title: 'Host memory migrates to the device.',
    source: 'class (k)',
    requirement: 'types.host-stays',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isCollectable(process: Process, index: number): boolean {
            return process.kind(index) === HOST_VMA || super.isCollectable(process, index);
          }

          protected override isMovable(page: Page): boolean {
            return page.pagemap !== undefined || super.isMovable(page);
          }

          protected override mayMove(page: Page): boolean {
            return page.pagemap !== undefined || super.mayMove(page);
          }
        },
    },
    witness: [mapHost(0, 0), toDevice(0, 0)],
  },
  {
    id: 'host-store-calls-page-fault',
    title: 'A device store to host memory calls page_fault.',
    source: 'own',
    requirement: 'types.host-no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override storeInSystem(process: Process, index: number, value: number): Result {
            if (process.kind(index) === HOST_VMA)
              this.note({ event: 'fault', process: process.slot, page: index, frame: 0 });
            return super.storeInSystem(process, index, value);
          }
        },
    },
    witness: [mapHost(0, 0), deviceStore(0, 0, 1)],
  },
  {
    id: 'swap-takes-the-device-types',
    title: 'The swap types of device entries are also used for swap areas.',
    source: 'C-09',
    requirement: 'types.swap-limit',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override swapLimit(): number {
            return super.swapLimit() + 2;
          }
        },
    },
    witness: [swapOn(32)],
  },
  {
    id: 'fork-copies-shared-memory',
    title: 'The child of a fork gets a copy of a page of shared memory.',
    source: 'own',
    requirement: 'types.shared-value',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkPermanent(child: Process, index: number, entry: number, page: Page): void {
            if (child.kind(index) !== SHARED_VMA) return super.forkPermanent(child, index, entry, page);
            const copy = this.allocPage();
            copyPage(page, copy);
            copy.mapping = FILE_PAGE;
            copy.maps++;
            child.entries[index] = presentEntry(copy.pfn, isWritable(entry));
          }
        },
    },
    witness: [map(0, 0, 'write', 'shared'), fork(0, 1), store(0, 0, 1), load(1, 0)],
  },
  {
    id: 'discard-empties-shared-memory',
    title: 'After a discard, a page of shared memory is a private page of zeros.',
    source: 'own',
    requirement: 'types.shared-stays',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override discard(process: Process, index: number): Result {
            const result = super.discard(process, index);
            if (result === 'ok' && process.kind(index) === SHARED_VMA) this.zapEntry(process, index);
            return result;
          }
        },
    },
    witness: [map(0, 0, 'write', 'shared'), discard(0, 0)],
  },
  {
    id: 'shared-memory-migrates',
    title: 'Shared memory migrates to the device.',
    source: 'class (k)',
    requirement: 'types.shared-stays',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isCollectable(process: Process, index: number): boolean {
            return process.kind(index) === SHARED_VMA || super.isCollectable(process, index);
          }

          protected override isMovable(page: Page): boolean {
            return this.isSharedMemory(page) || super.isMovable(page);
          }

          protected override mayMove(page: Page): boolean {
            return this.isSharedMemory(page) || super.mayMove(page);
          }

          protected isSharedMemory(page: Page): boolean {
            return page.mapping === FILE_PAGE && this.sharedPage(page.index) === page;
          }
        },
    },
    witness: [map(0, 0, 'write', 'shared'), toDevice(0, 0)],
  },
  {
    id: 'hole-of-a-file-migrates',
    title: 'A migration populates a page of a file mapping that was not accessed with zeros.',
    source: 'class (k)',
    requirement: 'types.file-stays',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unpopulatedMayMove(process: Process, index: number): boolean {
            return process.kind(index) === FILE_VMA || super.unpopulatedMayMove(process, index);
          }
        },
    },
    witness: [map(0, 0, 'write', 'file'), toDevice(0, 0)],
  },
  {
    id: 'page-of-a-file-migrates',
    title: 'A page of a file migrates to the device with the private mapping through which it was found.',
    source: 'class (k)',
    requirement: 'types.file-stays',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isMovable(page: Page): boolean {
            return page.mapping === FILE_PAGE || super.isMovable(page);
          }

          protected override mayMove(page: Page): boolean {
            return page.mapping === FILE_PAGE || super.mayMove(page);
          }
        },
    },
    witness: [map(0, 0, 'write', 'file'), load(0, 0), toDevice(0, 0)],
  },
  {
    id: 'copy-of-a-file-begins-empty',
    title: 'Copy-on-write of a file page creates a page of zeros.',
    source: 'class (s)',
    requirement: 'types.file-copy',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override breakSharing(process: Process, index: number, old: Page): number {
            const pfn = super.breakSharing(process, index, old);
            if (pfn > 0 && !isAnonymous(old)) fillPage(this.page(pfn), 0);
            return pfn;
          }
        },
    },
    witness: [map(0, 0, 'write', 'file'), populate(0, 0), load(0, 0)],
  },
  {
    id: 'hot-add-succeeds',
    title: 'Memory can be added in the range of an attached device.',
    source: 'own',
    requirement: 'types.add-memory',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override addMemory(): Result {
            super.addMemory();
            return 'ok';
          }
        },
    },
    witness: [hotAdd],
  },
  {
    id: 'memory-is-added-twice',
    title: 'Memory can be added twice in the former range of a detached device.',
    source: 'own',
    requirement: 'types.add-memory',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override addMemory(): Result {
            return this.attached ? super.addMemory() : 'ok';
          }
        },
    },
    witness: [detach, hotAdd, hotAdd],
  },
];
