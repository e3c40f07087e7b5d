import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  discard,
  fork,
  load,
  lock,
  map,
  move,
  protect,
  store,
  toDevice,
  unmap,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, pfnOf } from '../kernel/entry.ts';
import { VMA_WRITE, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const unmapMutants: readonly Mutant[] = [
  {
    id: 'discard-spares-read-only',
    title: 'Discard has no effect in a mapping that is not writable.',
    source: 'own',
    requirement: 'unmap.clears',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override discard(process: Process, index: number): Result {
            return process.protection(index) === VMA_WRITE ? super.discard(process, index) : 'ok';
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), protect(0, 0, 'read'), discard(0, 0)],
  },
  {
    id: 'fork-inherits-the-lock',
    title: "The child of a fork inherits the locks of its parent's mappings.",
    source: 'own',
    requirement: 'unmap.clears',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkEntry(parent: Process, child: Process, index: number): void {
            child.locked[index] = parent.isLocked(index);
            super.forkEntry(parent, child, index);
          }
        },
    },
    witness: [map(0, 0), lock(0, 0), fork(0, 1), discard(1, 0)],
  },
  {
    id: 'kept-mapping-stays-locked',
    title: 'The mapping that a move leaves behind is still locked.',
    source: 'own',
    requirement: 'unmap.clears',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override move(process: Process, index: number, to: number, keep: boolean): void {
            const locked = process.isLocked(index);
            super.move(process, index, to, keep);
            process.locked[index] = keep && locked;
          }
        },
    },
    witness: [map(0, 0), lock(0, 0), move(0, 0, 1, true), discard(0, 0)],
  },
  /**
   * The guards that distinguish real swap entries from special ones were compiled only where migration or poison was
   * configured, so configurations with device entries alone had no guard.
   */
  {
    id: 'zap-takes-a-device-entry-for-swap',
    title: 'Unmap treats a device entry as a swap entry: it releases swap space and keeps the frame.',
    source: 'C-09',
    requirement: 'unmap.releases',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override zapDevice(process: Process): void {
            this.addRss(process, -1);
            this.swapAreas--;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), unmap(0, 0)],
  },
  {
    id: 'unmap-drops-two-references',
    title: 'Unmapping one of several entries of a frame drops two references.',
    source: 'class (d)',
    requirement: 'unmap.releases',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override zapDevice(process: Process, index: number, entry: number): void {
            const page = this.page(pfnOf(entry));
            super.zapDevice(process, index, entry);
            if (page.maps > 0) this.dropReference(page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), unmap(1, 0)],
  },
  {
    id: 'unmap-asks-the-driver',
    title: 'Unmapping a device page migrates it to system memory first.',
    source: 'own',
    requirement: 'unmap.no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override zapEntry(process: Process, index: number): void {
            const entry = process.entry(index);
            if (isDevice(entry)) this.deviceFault(process, index, entry);
            super.zapEntry(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), unmap(0, 0)],
  },
  {
    id: 'hole-reads-a-freed-page',
    title: 'A load of an unpopulated page reads the page that was freed last instead of the zero page.',
    source: 'class (s)',
    requirement: 'unmap.reads-zero',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override unpopulatedFault(process: Process, index: number, write: boolean): number {
            return write ? super.unpopulatedFault(process, index, write) : (this.freePages.at(-1) ?? 0);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), discard(0, 0), load(0, 0)],
  },
  {
    id: 'unmap-leaves-the-permission',
    title: 'An unmapped page can still be accessed.',
    source: 'own',
    requirement: 'unmap.access-faults',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override unmap(process: Process, index: number): void {
            const protection = process.protection(index);
            super.unmap(process, index);
            process.protections[index] = protection;
          }
        },
    },
    witness: [map(0, 0), unmap(0, 0), load(0, 0)],
  },
  {
    id: 'lock-survives-unmap-and-map',
    title: 'A page that was locked, unmapped and mapped again is still locked.',
    source: 'own',
    requirement: 'unmap.clears',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override unmap(process: Process, index: number): void {
            const locked = process.isLocked(index);
            super.unmap(process, index);
            process.locked[index] = locked;
          }

          override map(process: Process, index: number, kind: number, protection: number): void {
            const locked = process.isLocked(index);
            super.map(process, index, kind, protection);
            process.locked[index] = locked;
          }
        },
    },
    witness: [map(0, 0), lock(0, 0), unmap(0, 0), map(0, 0), discard(0, 0)],
  },
];
