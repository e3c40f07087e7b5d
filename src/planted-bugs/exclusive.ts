import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  deviceExchange,
  fork,
  load,
  makeExclusive,
  map,
  store,
  toDevice,
} from '../../spec/vocabulary/shorthand.ts';
import { exclusiveEntry, isDevice, isExclusiveEntry, isPresent, pfnOf } from '../kernel/entry.ts';
import { ACCESS_SIGBUS } from '../kernel/faults-and-migration.ts';
import { VMA_READ, VMA_WRITE, type Process } from '../kernel/process.ts';
import type { Mutant } from './planted-bug.ts';

export const exclusiveMutants: readonly Mutant[] = [
  {
    id: 'exclusive-page-stays-present',
    title: 'Make-exclusive succeeds, but the CPU keeps its present entry.',
    source: 'class (l)',
    requirement: 'exclusive.taken',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override makeExclusive(): void {
            // Nothing.
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0)],
  },
  {
    id: 'device-page-cannot-be-exclusive',
    title: 'Make-exclusive of a device page fails instead of migrating the page to system memory.',
    source: 'own',
    requirement: 'exclusive.returns-first',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      driver: (base) =>
        class extends base {
          override makeExclusive(process: Process, index: number): Result {
            const refusal = this.refusal(process, index, true);
            if (refusal !== undefined) return refusal;
            return isDevice(process.entry(index)) ? 'EFAULT' : super.makeExclusive(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), makeExclusive(0, 0)],
  },
  {
    id: 'exclusive-frame',
    title: 'Make-exclusive of a device page makes its device entry exclusive in place.',
    source: 'own',
    requirement: 'exclusive.returns-first',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      driver: (base) =>
        class extends base {
          override makeExclusive(process: Process, index: number): Result {
            const entry = process.entry(index);
            const goesOn = this.refusal(process, index, true) === undefined;
            if (!goesOn || !isDevice(entry)) return super.makeExclusive(process, index);
            this.kernel.makeExclusive(process, index);
            return 'ok';
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), makeExclusive(0, 0)],
  },
  /** A kind of mapping that the code did not know was accepted. */
  {
    id: 'read-only-page-is-made-exclusive',
    title: 'Make-exclusive succeeds for a page whose mapping is not writable.',
    source: 'C-40',
    requirement: 'exclusive.permission',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      driver: (base) =>
        class extends base {
          override makeExclusive(process: Process, index: number): Result {
            const protection = process.protection(index);
            if (protection === VMA_READ) process.protections[index] = VMA_WRITE;
            const result = super.makeExclusive(process, index);
            process.protections[index] = protection;
            return result;
          }
        },
    },
    witness: [map(0, 0, 'read'), makeExclusive(0, 0)],
  },
  {
    id: 'exchange-answers-its-own-value',
    title: 'Device-exchange returns the value that it has just written.',
    source: 'own',
    requirement: 'exclusive.exchange',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      driver: (base) =>
        class extends base {
          override deviceExchange(process: Process, index: number, value: number): Result {
            const before = super.deviceExchange(process, index, value);
            return typeof before === 'number' ? value : before;
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), deviceExchange(0, 0, 1)],
  },
  {
    id: 'exchange-is-torn',
    title: 'Device-exchange writes only the first half of its value.',
    source: 'own',
    requirement: 'exclusive.revoked',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      driver: (base) =>
        class extends base {
          override deviceExchange(process: Process, index: number, value: number): Result {
            const before = super.deviceExchange(process, index, value);
            const page = this.kernel.page(pfnOf(process.entry(index)));
            if (typeof before === 'number') page.last = before;
            return before;
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), deviceExchange(0, 0, 1), load(0, 0)],
  },
  {
    id: 'exchange-needs-no-exclusive-access',
    title: 'Device-exchange succeeds on a page that is not device-exclusive.',
    source: 'own',
    requirement: 'exclusive.exchange',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      driver: (base) =>
        class extends base {
          override deviceExchange(process: Process, index: number, value: number): Result {
            const entry = process.entry(index);
            const goesOn = isPresent(entry) && this.refusal(process, index, true) === undefined;
            if (goesOn) process.entries[index] = exclusiveEntry(pfnOf(entry));
            const result = super.deviceExchange(process, index, value);
            if (goesOn) process.entries[index] = entry;
            return result;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), deviceExchange(0, 0, 2)],
  },
  {
    id: 'exclusive-entry-is-taken-for-poison',
    title: 'An access to a device-exclusive page ends in SIGBUS.',
    source: 'class (a)',
    requirement: 'exclusive.revoked',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override exclusiveFault(): number {
            return ACCESS_SIGBUS;
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), load(0, 0)],
  },
  {
    id: 'load-leaves-the-page-exclusive',
    title: 'A load reads a device-exclusive page without ending the exclusive access.',
    source: 'own',
    requirement: 'exclusive.revoked',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override fault(process: Process, index: number, entry: number, write: boolean): number {
            return isExclusiveEntry(entry) && !write
              ? pfnOf(entry)
              : super.fault(process, index, entry, write);
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), load(0, 0)],
  },
  {
    id: 'fork-copies-exclusive-entries',
    title: 'Fork gives the child an exclusive entry for the shared page.',
    source: 'class (b)',
    requirement: 'exclusive.fork',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkExclusive(
            _parent: Process,
            child: Process,
            index: number,
            entry: number,
          ): void {
            this.shareWithChild(child, index, this.page(pfnOf(entry)));
            child.entries[index] = entry;
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), fork(0, 1)],
  },
  {
    id: 'fork-leaves-the-parent-exclusive',
    title: 'Fork ends exclusive access for the child only: the parent keeps its exclusive entry.',
    source: 'class (b)',
    requirement: 'exclusive.fork',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkExclusive(
            parent: Process,
            child: Process,
            index: number,
            entry: number,
          ): void {
            super.forkExclusive(parent, child, index, entry);
            parent.entries[index] = entry;
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), fork(0, 1)],
  },
];
