import type { Result } from '../../spec/vocabulary/result.ts';
import {
  discard,
  fork,
  lock,
  map,
  populate,
  store,
  toDevice,
  unmap,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice } from '../kernel/entry.ts';
import { NO_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const populateMutants: readonly Mutant[] = [
  {
    id: 'populate-only-reads',
    title: 'Populate of a writable mapping leaves unpopulated and shared pages as they are.',
    source: 'own',
    requirement: 'populate.migrates-back',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override populatesForWriting(): boolean {
            return false;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), populate(0, 0)],
  },
  {
    id: 'populate-passes-over-the-device',
    title: 'Populate treats a device entry as a present one.',
    source: 'class (q)',
    requirement: 'populate.migrates-back',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override populate(process: Process, index: number): Result {
            const isThere = isDevice(process.entry(index)) && this.permits(process, index, false);
            return isThere ? 'ok' : super.populate(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), populate(0, 0)],
  },
  {
    id: 'populate-of-nothing-is-a-fault',
    title: 'Populate of an unmapped page returns the result of an access there.',
    source: 'class (g)',
    requirement: 'populate.failure',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override populate(process: Process, index: number): Result {
            return process.kind(index) === NO_VMA ? 'EFAULT' : super.populate(process, index);
          }
        },
    },
    witness: [map(0, 0), unmap(0, 0), populate(0, 0)],
  },
  {
    id: 'populate-swallows-errors',
    title: 'Populate returns ok although the page could not be migrated to system memory.',
    source: 'class (g)',
    requirement: 'populate.failure',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override populate(process: Process, index: number): Result {
            const result = super.populate(process, index);
            return result === 'EFAULT' ? 'ok' : result;
          }
        },
    },
    witness: [map(0, 0, 'none'), populate(0, 0)],
  },
  {
    id: 'discard-ignores-the-lock',
    title: 'Discard removes the entry of a locked page.',
    source: 'own',
    requirement: 'populate.locked',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override discard(process: Process, index: number): Result {
            const locked = process.isLocked(index);
            process.locked[index] = false;
            const result = super.discard(process, index);
            process.locked[index] = locked;
            return result;
          }
        },
    },
    witness: [map(0, 0), lock(0, 0), discard(0, 0)],
  },
  {
    id: 'lock-fails-with-its-populate',
    title: 'A mapping is not locked if its page cannot be populated.',
    source: 'class (h)',
    requirement: 'populate.locked',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override lock(process: Process, index: number): Result {
            const result = super.lock(process, index);
            if (result !== 'ok') this.unlock(process, index);
            return result;
          }
        },
    },
    witness: [map(0, 0, 'none'), lock(0, 0), discard(0, 0)],
  },
];
