import type { ErrorName, Result } from '../../spec/vocabulary/result.ts';
import {
  attach,
  close,
  detach,
  deviceLoad,
  deviceStore,
  hotAdd,
  load,
  map,
  protect,
  store,
  toDevice,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isPresent, NONE, pfnOf } from '../kernel/entry.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FAULT_SIGBUS, type FaultResult, fillPage } from '../kernel/memory.ts';
import { HOST_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const deviceMutants: readonly Mutant[] = [
  {
    id: 'device-load-skips-system-memory',
    title: 'A device load of a page in system memory returns zero.',
    source: 'own',
    requirement: 'device.load-value',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override deviceLoad(process: Process, index: number): Result {
            const result = super.deviceLoad(process, index);
            const inSystem = isPresent(process.entry(index)) && process.kind(index) !== HOST_VMA;
            return inSystem && typeof result === 'number' ? 0 : result;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), deviceLoad(0, 0)],
  },
  {
    id: 'device-load-brings-the-page-back',
    title: 'A device load migrates the page to system memory before it reads it.',
    source: 'own',
    requirement: 'device.load-no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override deviceLoad(process: Process, index: number): Result {
            const refused = this.refusal(process, index, false) !== undefined;
            if (!refused && isDevice(process.entry(index))) this.migrateOneBack(process, index);
            return super.deviceLoad(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), deviceLoad(0, 0)],
  },
  /** The device was refused memory that the CPU could read, because the page walk did not know that kind of mapping. */
  {
    id: 'device-load-asks-for-write',
    title: 'A device load is refused if the mapping is not writable.',
    source: 'C-49',
    requirement: 'device.permission',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override refusal(process: Process, index: number): ErrorName | undefined {
            return super.refusal(process, index, true);
          }
        },
    },
    witness: [map(0, 0, 'read'), deviceLoad(0, 0)],
  },
  {
    id: 'device-store-fails-at-holes',
    title: 'A device store to an unpopulated page fails.',
    source: 'own',
    requirement: 'device.store-visible',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override storeInSystem(process: Process, index: number, value: number): Result {
            return process.entry(index) === NONE ? 'EFAULT' : super.storeInSystem(process, index, value);
          }
        },
    },
    witness: [map(0, 0), deviceStore(0, 0, 1)],
  },
  {
    id: 'device-store-through-read',
    title: 'A device store through a READ entry writes to the shared page.',
    source: 'class (c)',
    requirement: 'device.store-place',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override storeThroughRead(process: Process, index: number, value: number): Result {
            fillPage(this.kernel.page(pfnOf(process.entry(index))), value);
            return 'ok';
          }
        },
    },
    witness: [map(0, 0, 'read'), toDevice(0, 0), protect(0, 0, 'write'), deviceStore(0, 0, 1)],
  },
  {
    id: 'device-store-keeps-a-reference',
    title: 'A device store that copies a shared page does not drop its reference to the old frame.',
    source: 'class (d)',
    requirement: 'device.store-counts',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override storeThroughRead(process: Process, index: number, value: number): Result {
            const page = this.kernel.page(pfnOf(process.entry(index)));
            const result = super.storeThroughRead(process, index, value);
            if (result === 'ok') this.kernel.getPage(page);
            return result;
          }
        },
    },
    witness: [map(0, 0, 'read'), toDevice(0, 0), protect(0, 0, 'write'), deviceStore(0, 0, 1)],
  },
  {
    id: 'device-works-while-detached',
    title: 'A detached device still executes loads and stores.',
    source: 'class (r)',
    requirement: 'device.detached',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override refusal(process: Process, index: number, write: boolean): ErrorName | undefined {
            const { attached } = this;
            this.attached = true;
            const refusal = super.refusal(process, index, write);
            this.attached = attached;
            return refusal;
          }
        },
    },
    witness: [map(0, 0), detach, deviceLoad(0, 0)],
  },
  {
    id: 'second-attach-succeeds',
    title: 'Attaching a device that is attached returns ok.',
    source: 'own',
    requirement: 'device.attach',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override attach(): Result {
            super.attach();
            return 'ok';
          }
        },
    },
    witness: [attach],
  },
  {
    id: 'device-returns-to-its-old-range-only',
    title: 'A device cannot be attached again after memory was added in its former range.',
    source: 'own',
    requirement: 'device.attach',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override attach(): Result {
            return this.attached || !this.rangeIsTaken ? super.attach() : 'EBUSY';
          }
        },
    },
    witness: [detach, hotAdd, attach],
  },
  {
    id: 'closed-device-takes-pages',
    title: 'Pages migrate to a closed device.',
    source: 'own',
    requirement: 'device.closed',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override takesPages(): boolean {
            return this.attached;
          }
        },
    },
    witness: [map(0, 0), close, toDevice(0, 0)],
  },
  {
    id: 'closed-device-works',
    title: 'A closed device still executes loads and stores.',
    source: 'own',
    requirement: 'device.closed',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override isUsable(): boolean {
            return this.attached;
          }
        },
    },
    witness: [map(0, 0), close, deviceLoad(0, 0)],
  },
  {
    id: 'second-close-succeeds',
    title: 'Closing a device that is closed returns ok.',
    source: 'own',
    requirement: 'device.closed',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override close(): Result {
            super.close();
            return 'ok';
          }
        },
    },
    witness: [close, close],
  },
  /** The state belonged to the process that had opened the device, and the device memory outlived it. */
  {
    id: 'close-loses-the-way-back',
    title: 'The resources for copying a page to system memory are released when the device is closed.',
    source: 'TRD-3',
    requirement: 'device.close-keeps',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override migrateBack(batch: MigrateBatch, i: number): FaultResult {
            return this.opened ? super.migrateBack(batch, i) : FAULT_SIGBUS;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), close, load(0, 0)],
  },
];
