import { profilesFrom } from '../../spec/profiles/profile.ts';
import { load, map, move, store, toDevice } from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isPresent, pfnOf, readOnly } from '../kernel/entry.ts';
import { fillPage } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const moveMutants: readonly Mutant[] = [
  {
    id: 'move-leaves-the-entry',
    title: 'The moved entry also stays in the old page table, where nothing is mapped any more.',
    source: 'class (b)',
    requirement: 'move.entry',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override move(process: Process, index: number, to: number, keep: boolean): void {
            const entry = process.entry(index);
            super.move(process, index, to, keep);
            if (isDevice(entry)) process.entries[index] = entry;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), move(0, 0, 1)],
  },
  {
    id: 'move-takes-write-away',
    title: 'A WRITE entry becomes READ when it is moved to another address.',
    source: 'class (a)',
    requirement: 'move.entry',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override movedEntry(entry: number): number {
            return isDevice(entry) ? readOnly(super.movedEntry(entry)) : super.movedEntry(entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), move(0, 0, 1)],
  },
  {
    id: 'move-brings-pages-back',
    title: 'A device page migrates to system memory before its mapping is moved.',
    source: 'own',
    requirement: 'move.no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override moveEntry(process: Process, index: number, to: number): void {
            const entry = process.entry(index);
            if (isDevice(entry)) this.deviceFault(process, index, entry);
            super.moveEntry(process, index, to);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), move(0, 0, 1)],
  },
  {
    id: 'move-drops-device-entries',
    title: 'Only present entries are moved: a device page is unmapped with its old address.',
    source: 'class (q)',
    requirement: 'move.no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override moveEntry(process: Process, index: number, to: number): void {
            if (!isDevice(process.entry(index))) super.moveEntry(process, index, to);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), move(0, 0, 1)],
  },
  {
    id: 'move-makes-a-new-page',
    title: 'A page of system memory that is moved to another address is replaced by a page of zeros.',
    source: 'own',
    requirement: 'move.value',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override moveEntry(process: Process, index: number, to: number): void {
            super.moveEntry(process, index, to);
            const entry = process.entry(to);
            if (isPresent(entry)) fillPage(this.page(pfnOf(entry)), 0);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), move(0, 0, 1), load(0, 1)],
  },
  {
    id: 'kept-mapping-keeps-the-page',
    title: 'A move that keeps the old mapping also leaves the page in it.',
    source: 'own',
    requirement: 'move.keep',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          override move(process: Process, index: number, to: number, keep: boolean): void {
            super.move(process, index, to, keep);
            const entry = process.entry(to);
            if (!keep || !isPresent(entry)) return;
            this.shareWithChild(process, to, this.page(pfnOf(entry)));
            process.entries[to] = readOnly(entry);
            process.entries[index] = readOnly(entry);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), move(0, 0, 1, true)],
  },
];
