import { profilesWith } from '../../spec/profiles/profile.ts';
import { discard, fork, inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';
import { pfnOf, POISON_ENTRY } from '../kernel/entry.ts';
import { ACCESS_SIGBUS } from '../kernel/faults-and-migration.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FAULT_DONE, FAULT_OOM, FAULT_SIGBUS, type FaultResult, type Page } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const failureMutants: readonly Mutant[] = [
  /** The error of the copy engine was dropped, so user space received a page that was never filled. */
  {
    id: 'copy-error-goes-unnoticed',
    title:
      'A failed copy to system memory counts as successful, and the process gets the old content of the system page.',
    source: 'C-25',
    requirement: 'failure.sigbus',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override migrateBack(batch: MigrateBatch, i: number): FaultResult {
            const result = super.migrateBack(batch, i);
            if (result !== FAULT_SIGBUS) return result;
            batch.dst[i] = this.kernel.allocPage().pfn;
            return FAULT_DONE;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)],
  },
  {
    id: 'lost-page-is-not-poisoned',
    title: 'A page_fault that returned SIGBUS leaves the device entry as it was.',
    source: 'own',
    requirement: 'failure.poison',
    profiles: profilesWith(({ failedFaultPoisons }) => failedFaultPoisons),
    mutation: {
      driver: (base) =>
        class extends base {
          protected override poisonAfterFailure(): void {
            // Nothing.
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), inject('sigbus'), load(0, 0)],
  },
  {
    id: 'poison-reads-as-a-hole',
    title: 'The second access to poison treats it as an unpopulated page and succeeds.',
    source: 'own',
    requirement: 'failure.poison-lasts',
    profiles: profilesWith(({ failedFaultPoisons }) => failedFaultPoisons),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override fault(process: Process, index: number, entry: number, write: boolean): number {
            if (entry === POISON_ENTRY) return this.unpopulatedFault(process, index, write);
            return super.fault(process, index, entry, write);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0), load(0, 0)],
  },
  {
    id: 'poison-keeps-the-frame',
    title: 'Poison keeps the reference and the mapping of its former frame.',
    source: 'class (d)',
    requirement: 'failure.poison-releases',
    profiles: profilesWith(({ failedFaultPoisons }) => failedFaultPoisons),
    mutation: {
      kernel: (base) =>
        class extends base {
          override poisonEntry(process: Process, index: number): void {
            process.entries[index] = POISON_ENTRY;
            this.addRss(process, -1);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)],
  },
  {
    id: 'poison-spreads-to-sharers',
    title: 'A failed fault of one process poisons the entries of all processes that share the page.',
    source: 'class (h)',
    requirement: 'failure.sharers-keep',
    profiles: profilesWith(({ failedFaultPoisons }) => failedFaultPoisons),
    mutation: {
      kernel: (base) =>
        class extends base {
          override poisonEntry(process: Process, index: number): void {
            const page = this.page(pfnOf(process.entry(index)));
            super.poisonEntry(process, index);
            for (const other of this.processes) {
              const at = this.indexInVma(other, page);
              if (at >= 0) other.entries[at] = POISON_ENTRY;
            }
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), inject('sigbus'), load(0, 0)],
  },
  {
    id: 'discard-keeps-poison',
    title: 'Unmap and discard leave a poisoned entry in place, because it names no page.',
    source: 'class (q)',
    requirement: 'failure.poison-inert',
    profiles: profilesWith(({ failedFaultPoisons }) => failedFaultPoisons),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override zapEntry(process: Process, index: number): void {
            if (process.entry(index) !== POISON_ENTRY) super.zapEntry(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0), discard(0, 0)],
  },
  {
    id: 'fork-forgets-poison',
    title:
      'The child of a fork has an unpopulated page where its parent has a poisoned entry, and reads zero.',
    source: 'class (b)',
    requirement: 'failure.poison-inert',
    profiles: profilesWith(({ failedFaultPoisons }) => failedFaultPoisons),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkEntry(parent: Process, child: Process, index: number): void {
            if (parent.entry(index) !== POISON_ENTRY) super.forkEntry(parent, child, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0), fork(0, 1)],
  },
  /** The rule of the origin is wrong in later versions. */
  {
    id: 'failed-fault-poisons',
    title: 'A fault that fails for lack of memory loses the page instead of being retried.',
    source: 'own',
    requirement: 'failure.nothing-lost',
    profiles: profilesWith(({ failedFaultPoisons }) => !failedFaultPoisons),
    mutation: {
      driver: (base) =>
        class extends base {
          protected override poisonAfterFailure(process: Process, index: number): void {
            this.kernel.poisonEntry(process, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)],
  },
  /**
   * The destination was set before the copy and not reset after its failure, so the end of the migration treated the
   * source as replaced.
   */
  {
    id: 'failed-return-drops-the-source',
    title: 'If a page cannot be copied to system memory, its migration entry stays and its frame is dropped.',
    source: 'C-54',
    requirement: 'failure.nothing-lost',
    profiles: profilesWith(({ failedFaultPoisons }) => !failedFaultPoisons),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override finishSkipped(old: Page): void {
            if (old.pagemap === undefined) super.finishSkipped(old);
            else this.putPage(old);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)],
  },
  {
    id: 'oom-becomes-sigbus',
    title: 'An access for which no memory is available returns SIGBUS.',
    source: 'class (g)',
    requirement: 'failure.oom',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override afterDeviceFault(result: FaultResult): number {
            return result === FAULT_OOM ? ACCESS_SIGBUS : super.afterDeviceFault(result);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('oom'), load(0, 0)],
  },
  {
    id: 'oom-poisons',
    title: 'An access for which no memory is available poisons its entry.',
    source: 'class (h)',
    requirement: 'failure.oom-keeps',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override pageFault(slot: number, index: number, page: Page): FaultResult {
            const result = super.pageFault(slot, index, page);
            if (result === FAULT_OOM) this.kernel.poisonEntry(this.kernel.process(slot), index);
            return result;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('oom'), load(0, 0)],
  },
];
