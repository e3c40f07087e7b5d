import type { Result } from '../../spec/vocabulary/result.ts';
import {
  discard,
  inject,
  kernelLoad,
  kernelStore,
  load,
  map,
  peek,
  store,
  toDevice,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, NONE, pfnOf } from '../kernel/entry.ts';
import { ACCESS_OOM, ACCESS_SIGBUS } from '../kernel/faults-and-migration.ts';
import { readPage } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const kernelMutants: readonly Mutant[] = [
  {
    id: 'kernel-load-reads-the-frame',
    title: 'A kernel load treats a device entry as a present one.',
    source: 'class (q)',
    requirement: 'kernel.access-returns',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override kernelAccess(process: Process, index: number, write: boolean): number {
            const entry = process.entry(index);
            const reads = !write && this.permits(process, index, false);
            return reads && isDevice(entry) ? pfnOf(entry) : super.kernelAccess(process, index, write);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), kernelLoad(0, 0)],
  },
  {
    id: 'kernel-store-goes-to-the-frame',
    title: 'A kernel store is written to the frame from which the page has just migrated.',
    source: 'own',
    requirement: 'kernel.store-visible',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override kernelAccess(process: Process, index: number, write: boolean): number {
            const entry = process.entry(index);
            const got = super.kernelAccess(process, index, write);
            return got > 0 && write && isDevice(entry) ? pfnOf(entry) : got;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), kernelStore(0, 0, 1), load(0, 0)],
  },
  {
    id: 'kernel-access-gets-a-signal',
    title: 'A kernel access that fails ends in a signal, like an access by the process, instead of EFAULT.',
    source: 'class (g)',
    requirement: 'kernel.access-errors',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override kernelLoad(process: Process, index: number): Result {
            return this.load(process, index);
          }
        },
    },
    witness: [map(0, 0, 'none'), kernelLoad(0, 0)],
  },
  {
    id: 'kernel-access-without-memory-is-a-fault',
    title: 'A kernel access for which no memory is available returns EFAULT.',
    source: 'class (g)',
    requirement: 'kernel.access-errors',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override kernelAccess(process: Process, index: number, write: boolean): number {
            const got = super.kernelAccess(process, index, write);
            return got === ACCESS_OOM ? ACCESS_SIGBUS : got;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('oom'), kernelLoad(0, 0)],
  },
  {
    id: 'peek-faults',
    title: 'A no-fault load migrates the page to system memory.',
    source: 'own',
    requirement: 'kernel.nofault-does-not-migrate',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override nofaultLoad(process: Process, index: number): Result {
            const entry = process.entry(index);
            return isDevice(entry) ? this.kernelLoad(process, index) : super.nofaultLoad(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), peek(0, 0)],
  },
  {
    id: 'peek-reads-the-frame',
    title: 'A no-fault load treats a device entry as a present one and reads the frame.',
    source: 'class (q)',
    requirement: 'kernel.nofault-does-not-migrate',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override nofaultLoad(process: Process, index: number): Result {
            const entry = process.entry(index);
            const reads = this.permits(process, index, false) && isDevice(entry);
            return reads ? readPage(this.page(pfnOf(entry))) : super.nofaultLoad(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), peek(0, 0)],
  },
  {
    id: 'peek-reads-a-freed-page',
    title: 'A no-fault load of an unpopulated page reads the page that was freed last.',
    source: 'class (s)',
    requirement: 'kernel.nofault-value',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override nofaultLoad(process: Process, index: number): Result {
            const value = super.nofaultLoad(process, index);
            const isUnpopulated = process.entry(index) === NONE;
            return isUnpopulated && value === 0 ? readPage(this.page(this.freePages.at(-1) ?? 0)) : value;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), discard(0, 0), peek(0, 0)],
  },
];
