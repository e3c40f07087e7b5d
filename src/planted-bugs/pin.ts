import type { Result } from '../../spec/vocabulary/result.ts';
import {
  fork,
  inject,
  map,
  pin,
  readPin,
  store,
  toDevice,
  unmap,
  unpin,
} from '../../spec/vocabulary/shorthand.ts';
import { profilesWith } from '../../spec/profiles/profile.ts';
import { isDevice, pfnOf } from '../kernel/entry.ts';
import { ACCESS_SIGBUS } from '../kernel/faults-and-migration.ts';
import { FILLER, fillPage, isAnonymous } from '../kernel/memory.ts';
import { VMA_READ, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const pinMutants: readonly Mutant[] = [
  {
    id: 'pin-stays-on-the-device',
    title: 'A pin takes a reference to the device frame.',
    source: 'own',
    requirement: 'pin.migrates-back',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override pinnable(process: Process, index: number): number {
            const entry = process.entry(index);
            return isDevice(entry) && this.permits(process, index, true)
              ? pfnOf(entry)
              : super.pinnable(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), pin(0, 0)],
  },
  {
    id: 'pinned-page-moves',
    title: 'A pinned page migrates to the device.',
    source: 'own',
    requirement: 'pin.blocks-migration',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override mayMove(): boolean {
            return true;
          }
        },
    },
    witness: [map(0, 0), pin(0, 0), toDevice(0, 0)],
  },
  {
    id: 'unmap-wipes-a-pinned-page',
    title: 'Unmapping the last entry of a page clears it, although a pin still holds it.',
    source: 'class (e)',
    requirement: 'pin.sees-stores',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override zapPresent(process: Process, index: number, entry: number): void {
            const page = this.page(pfnOf(entry));
            super.zapPresent(process, index, entry);
            if (page.maps === 0 && page.pagemap === undefined) fillPage(page, FILLER);
          }
        },
    },
    witness: [map(0, 0), pin(0, 0), unmap(0, 0), unpin()],
  },
  {
    id: 'pin-needs-no-write',
    title: 'A pin for writing succeeds in a read-only mapping.',
    source: 'class (c)',
    requirement: 'pin.permission',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override pinnable(process: Process, index: number): number {
            return this.access(process, index, process.protection(index) !== VMA_READ);
          }
        },
    },
    witness: [map(0, 0, 'read'), pin(0, 0)],
  },
  {
    id: 'pin-without-memory-is-a-fault',
    title: 'A pin for which no memory is available returns EFAULT.',
    source: 'class (g)',
    requirement: 'pin.failure',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override pinnable(process: Process, index: number): number {
            return Math.max(super.pinnable(process, index), ACCESS_SIGBUS);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('oom'), pin(0, 0)],
  },
  {
    id: 'pin-replaces-a-pin',
    title: 'A pin into a used slot replaces the earlier pin.',
    source: 'own',
    requirement: 'pin.slot',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override pin(process: Process, index: number, slot: number): Result {
            this.unpin(slot);
            return super.pin(process, index, slot);
          }
        },
    },
    witness: [map(0, 0), pin(0, 0), pin(0, 0)],
  },
  {
    id: 'read-pin-asks-for-write',
    title: 'A pin for reading is refused in a read-only mapping.',
    source: 'own',
    requirement: 'pin.read-permission',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override readable(process: Process, index: number): number {
            return this.permits(process, index, true) ? super.readable(process, index) : ACCESS_SIGBUS;
          }
        },
    },
    witness: [map(0, 0, 'read'), readPin(0, 0)],
  },
  {
    id: 'read-pin-takes-the-device-page',
    title: 'A pin for reading takes a reference to the device frame.',
    source: 'own',
    requirement: 'pin.migrates-back',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override readable(process: Process, index: number): number {
            const entry = process.entry(index);
            return isDevice(entry) && this.permits(process, index, false)
              ? pfnOf(entry)
              : super.readable(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), readPin(0, 0)],
  },
  {
    id: 'read-pin-holds-no-reference',
    title: 'A pin for reading takes no reference: its page migrates and is freed as if it were not pinned.',
    source: 'class (d)',
    requirement: 'pin.blocks-migration',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override holdForReading(pfn: number, slot: number): void {
            this.pins[slot] = pfn;
          }

          override unpin(slot: number): Result {
            const pfn = this.pins[slot] ?? 0;
            if (pfn > 0 && this.page(pfn).refs <= this.page(pfn).maps) this.getPage(this.page(pfn));
            return super.unpin(slot);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), readPin(0, 0), toDevice(0, 0)],
  },
  {
    id: 'read-pin-leaves-the-sharing',
    title:
      'A pin for reading holds the shared page: the next store of its process gets another page than the pin.',
    source: 'Linux before a7f226604170 (v5.19)',
    requirement: 'pin.read-own',
    profiles: profilesWith(({ readPinUnshares }) => readPinUnshares),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unshares(): boolean {
            return false;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), readPin(0, 0)],
  },
  {
    id: 'read-pin-breaks-the-sharing',
    title: 'A pin for reading copies a page that its process shares.',
    source: 'own',
    requirement: 'pin.read-shares',
    profiles: profilesWith(({ readPinUnshares }) => !readPinUnshares),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unshares(pfn: number): boolean {
            return isAnonymous(this.page(pfn)) && this.isShared(this.page(pfn));
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), readPin(0, 0)],
  },
  {
    id: 'read-pin-fails-at-holes',
    title: 'A pin for reading of an unpopulated page is refused, because there is no page.',
    source: 'own',
    requirement: 'pin.read-empty',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override readable(process: Process, index: number): number {
            const pfn = super.readable(process, index);
            return pfn === 0 ? ACCESS_SIGBUS : pfn;
          }
        },
    },
    witness: [map(0, 0), readPin(0, 0)],
  },
];
