import {
  fork,
  load,
  map,
  onDevice,
  store,
  surpriseRemove,
  toDevice,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isPresent, NONE, pfnOf, POISON_ENTRY } from '../kernel/entry.ts';
import { isAnonymous } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const removalMutants: readonly Mutant[] = [
  {
    id: 'removal-poisons-one-sharer',
    title:
      'A removed device poisons only the entries of the first process; the others still name its frames.',
    source: 'class (b)',
    requirement: 'removal.poisons',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override loseEverything(): void {
            const { processes } = this.kernel;
            const first = processes.find(({ entries }) => entries.some((entry) => this.isLost(entry)));
            if (first === undefined) return;
            for (const [index, entry] of first.entries.entries()) {
              if (this.isLost(entry)) this.kernel.poisonEntry(first, index);
            }
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), surpriseRemove],
  },
  {
    id: 'lost-page-reads-zero',
    title: 'The pages of a removed device are unpopulated afterwards, and read as zero.',
    source: 'own',
    requirement: 'removal.poisons',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override loseEverything(): void {
            for (const process of this.kernel.processes) {
              for (let index = 0; index < process.entries.length; index++) {
                if (!this.isLost(process.entry(index))) continue;
                this.kernel.poisonEntry(process, index);
                process.entries[index] = NONE;
              }
            }
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), surpriseRemove],
  },
  {
    id: 'lost-page-is-filled-anew',
    title: 'An access to a page that was lost with its device populates it with a new page.',
    source: 'own',
    requirement: 'removal.access-fails',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override fault(process: Process, index: number, entry: number, write: boolean): number {
            if (entry === POISON_ENTRY) process.entries[index] = NONE;
            return super.fault(process, index, process.entry(index), write);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), surpriseRemove, load(0, 0)],
  },
  {
    id: 'lost-frame-is-not-freed',
    title: 'A removed device poisons entries without dropping their references: no frame is ever freed.',
    source: 'class (d)',
    requirement: 'removal.frees',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override loseEverything(): void {
            for (const process of this.kernel.processes) {
              for (let index = 0; index < process.entries.length; index++) {
                if (!this.isLost(process.entry(index))) continue;
                process.entries[index] = POISON_ENTRY;
                process.rss--;
              }
            }
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), surpriseRemove],
  },
  {
    id: 'removal-calls-page-fault',
    title: 'A removal first calls page_fault for each page, which fails.',
    source: 'own',
    requirement: 'removal.no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override loseEverything(): void {
            for (const process of this.kernel.processes) {
              for (const [index, entry] of process.entries.entries()) {
                if (this.isLost(entry)) this.noteFault(process.slot, index, this.kernel.page(pfnOf(entry)));
              }
            }
            super.loseEverything();
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), surpriseRemove],
  },
  {
    id: 'fork-forgets-lost-pages',
    title:
      'The child of a fork has an unpopulated page where its parent has a page that was lost with its device.',
    source: 'class (b)',
    requirement: 'removal.inert',
    // In the origin, the child of a failed fault has an unpopulated page, which has a rule of its own.
    profiles: ['linux-4.14', 'linux-5.18', 'linux-6.1', 'linux-6.12', 'linux-6.19'],
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkEntry(parent: Process, child: Process, index: number): void {
            if (parent.entry(index) !== POISON_ENTRY) super.forkEntry(parent, child, index);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), surpriseRemove, fork(0, 1)],
  },
  {
    id: 'removal-takes-every-device',
    title: 'The removal of one device poisons the pages of all devices.',
    source: 'C-25',
    requirement: 'removal.spares',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override isLost(entry: number): boolean {
            return isDevice(entry);
          }
        },
    },
    witness: [map(0, 0), onDevice(1, toDevice(0, 0)), surpriseRemove],
  },
  {
    id: 'removal-takes-what-is-back',
    title: 'A removal also poisons pages in system memory of processes that have a page on the device.',
    source: 'own',
    requirement: 'removal.spares',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override loseEverything(): void {
            for (const process of this.kernel.processes) {
              if (!process.entries.some((entry) => this.isLost(entry))) continue;
              for (const [index, entry] of process.entries.entries()) {
                const isPage = isPresent(entry) && isAnonymous(this.kernel.page(pfnOf(entry)));
                if (isPage || this.isLost(entry)) this.kernel.poisonEntry(process, index);
              }
            }
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), map(0, 1), toDevice(0, 1), surpriseRemove],
  },
];
