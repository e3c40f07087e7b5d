import { profilesWith } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  detach,
  deviceLoad,
  deviceStore,
  inject,
  load,
  map,
  onDevice,
  toDevice,
  toSystem,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, pfnOf } from '../kernel/entry.ts';
import { FROM_SYSTEM, type MigrateBatch, type Selection } from '../kernel/migrate-batch.ts';
import { type Page, PAGEMAP_PRIVATE, readPage } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

const withoutCause = (result: Result): Result => (result === 'ENOMEM' ? 'EFAULT' : result);

const asShortage = (result: Result): Result => (result === 'EFAULT' ? 'ENOMEM' : result);

export const devicesMutants: readonly Mutant[] = [
  {
    id: 'fault-calls-the-first-driver',
    title:
      'page_fault is always called in the driver of the first device, which asks the others for pages that are not its own.',
    source: 'class (j)',
    requirement: 'devices.owner-called',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override noteFault(slot: number, index: number, page: Page): void {
            if (this.number === 0) super.noteFault(slot, index, page);
            else this.note({ event: 'fault', process: slot, page: index, frame: page.data, device: 0 });
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), load(0, 0)],
  },
  /** Page maps had no owners, so each driver treated every device page as its own. */
  {
    id: 'migration-takes-foreign-pages',
    title: 'A device migrates pages of another device to system memory as if they were its own.',
    source: 'C-17',
    requirement: 'devices.foreign-skipped',
    profiles: profilesWith(({ ownersMatter }) => ownersMatter),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override collectOwn(batch: MigrateBatch, i: number, page: Page): void {
            this.collectPage(batch, i, page);
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), toSystem(0, 0)],
  },
  {
    id: 'page-moves-from-device-to-device',
    title: 'A page on another device migrates directly from there.',
    source: 'class (j)',
    requirement: 'devices.foreign-skipped',
    profiles: profilesWith(({ ownersMatter }) => ownersMatter),
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
            super.collect(batch, i, process, index, from);
            const entry = process.entry(index);
            if (from !== FROM_SYSTEM || !isDevice(entry)) return;
            const page = this.page(pfnOf(entry));
            if (page.pagemap !== batch.owner) this.collectPage(batch, i, page);
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), toDevice(0, 0)],
  },
  /** Linux v5.18 did this; since a fix in v5.19 the page migrates to system memory. */
  {
    id: 'foreign-access-is-refused',
    title: 'A device access to a page of another device is refused.',
    source: 'own',
    requirement: 'devices.foreign-access',
    profiles: profilesWith(({ foreignAccessFaults }) => foreignAccessFaults),
    mutation: {
      driver: (base) =>
        class extends base {
          protected override loadForeign(): Result {
            return 'EFAULT';
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), deviceLoad(0, 0)],
  },
  {
    id: 'foreign-page-is-read-in-place',
    title: 'A device accesses a page of another device in place.',
    source: 'class (j)',
    requirement: 'devices.foreign-access',
    profiles: profilesWith(({ foreignAccessFaults }) => foreignAccessFaults),
    mutation: {
      driver: (base) =>
        class extends base {
          protected override loadForeign(_process: Process, _index: number, entry: number): Result {
            return readPage(this.kernel.page(pfnOf(entry)));
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), deviceLoad(0, 0)],
  },
  {
    id: 'foreign-load-reads-an-own-frame',
    title: 'A device that reads a page of another device reads its own frame of that number.',
    source: 'C-17',
    requirement: 'devices.foreign-value',
    profiles: profilesWith(({ foreignAccessFaults }) => !foreignAccessFaults),
    mutation: {
      driver: (base) =>
        class extends base {
          protected override loadForeign(_process: Process, _index: number, entry: number): Result {
            const { data } = this.kernel.page(pfnOf(entry));
            const own = this.frames[data % this.frames.length];
            return own === undefined ? 'EFAULT' : readPage(own);
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), deviceLoad(0, 0)],
  },
  /** Linux 6.12 returns this for every fault that fails. */
  {
    id: 'foreign-access-without-memory-is-a-bad-address',
    title: 'A device access to a page of another device returns EFAULT if no memory is available.',
    source: 'own',
    requirement: 'devices.foreign-error',
    profiles: profilesWith(({ foreignErrorTellsCause }) => foreignErrorTellsCause),
    mutation: {
      driver: (base) =>
        class extends base {
          protected override loadForeign(process: Process, index: number, entry: number): Result {
            return withoutCause(super.loadForeign(process, index, entry));
          }

          protected override storeForeign(process: Process, index: number, value: number): Result {
            return withoutCause(super.storeForeign(process, index, value));
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), inject('oom'), deviceLoad(0, 0)],
  },
  {
    id: 'foreign-access-to-a-broken-page-is-out-of-memory',
    title: 'A device access to a page that the other device cannot migrate returns ENOMEM.',
    source: 'class (g)',
    requirement: 'devices.foreign-error',
    profiles: profilesWith(({ foreignErrorTellsCause }) => foreignErrorTellsCause),
    mutation: {
      driver: (base) =>
        class extends base {
          protected override loadForeign(process: Process, index: number, entry: number): Result {
            return asShortage(super.loadForeign(process, index, entry));
          }

          protected override storeForeign(process: Process, index: number, value: number): Result {
            return asShortage(super.storeForeign(process, index, value));
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), inject('sigbus'), deviceStore(0, 0, 5)],
  },
  {
    id: 'detach-evicts-every-device',
    title: 'Detaching one device evicts the pages of all devices.',
    source: 'class (j)',
    requirement: 'devices.isolated',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override evictEverything(): number {
            for (const page of this.kernel.pages) {
              const isForeign = page.pagemap?.type === PAGEMAP_PRIVATE && page.pagemap !== this.pagemap;
              if (isForeign && this.isInUse(page)) this.evictPage(page);
            }
            return super.evictEverything();
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), detach],
  },
];
