import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Advice } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  advise,
  fork,
  lock,
  makeExclusive,
  map,
  pin,
  store,
  toDevice,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isExclusiveEntry, isWatched, pfnOf } from '../kernel/entry.ts';
import type { Page } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const adviseMutants: readonly Mutant[] = [
  /** The code for large pages did not check whether the entry was present. */
  {
    id: 'page-out-drops-device-pages',
    title:
      'MADV_FREE treats a device entry as a present one, marks its page lazy-free, and reclaim drops it.',
    source: 'C-43',
    requirement: 'advise.spares-device',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isAdvisable(entry: number): boolean {
            return isDevice(entry) || super.isAdvisable(entry);
          }

          protected override mayDrop(process: Process, index: number, page: Page): boolean {
            const isOnDevice = page.pagemap !== undefined;
            return isOnDevice ? page.lazyFree : super.mayDrop(process, index, page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), advise(0, 0, 'free'), advise(0, 0, 'page-out')],
  },
  {
    id: 'placement-advice-brings-pages-back',
    title: 'Advice to move a page to another node migrates a device page to system memory.',
    source: 'C-44',
    requirement: 'advise.spares-device',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override advise(process: Process, index: number, advice: Advice): Result {
            const entry = process.entry(index);
            if (advice === 'move-node' && isDevice(entry)) this.deviceFault(process, index, entry);
            return super.advise(process, index, advice);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), advise(0, 0, 'move-node')],
  },
  {
    id: 'exclusive-page-is-given-away',
    title: 'MADV_FREE marks a device-exclusive page lazy-free, and reclaim drops it.',
    source: 'C-39',
    requirement: 'advise.keeps-content',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override isAdvisable(entry: number): boolean {
            return isExclusiveEntry(entry) || super.isAdvisable(entry);
          }
        },
    },
    witness: [map(0, 0), makeExclusive(0, 0), advise(0, 0, 'free'), advise(0, 0, 'page-out')],
  },
  {
    id: 'page-given-away-is-dropped-after-a-store',
    title: 'A lazy-free page is dropped, although it was stored to since.',
    source: 'class (m)',
    requirement: 'advise.keeps-content',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override noteStore(process: Process, index: number): void {
            const page = this.page(pfnOf(process.entry(index)));
            const { lazyFree } = page;
            super.noteStore(process, index);
            page.lazyFree = lazyFree;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), advise(0, 0, 'free'), store(0, 0, 2), advise(0, 0, 'page-out')],
  },
  {
    id: 'page-out-drops-pages',
    title: 'MADV_PAGEOUT drops a page that is not lazy-free.',
    source: 'own',
    requirement: 'advise.keeps-content',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override mayDrop(): boolean {
            return true;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), advise(0, 0, 'page-out')],
  },
  {
    id: 'page-that-is-pinned-is-dropped',
    title: 'MADV_PAGEOUT drops a pinned page.',
    source: 'own',
    requirement: 'advise.keeps-content',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override mayDrop(process: Process, index: number, page: Page): boolean {
            return page.lazyFree && !isWatched(process.entry(index));
          }
        },
    },
    witness: [map(0, 0), pin(0, 0), advise(0, 0, 'free'), advise(0, 0, 'page-out')],
  },
  {
    id: 'shared-page-is-given-away',
    title:
      'If one of several processes that share a page advises it free, the page is dropped for all of them.',
    source: 'own',
    requirement: 'advise.keeps-content',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override adviseFree(page: Page): void {
            page.lazyFree = true;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), advise(0, 0, 'free'), advise(1, 0, 'page-out')],
  },
  {
    id: 'advice-ignores-the-lock',
    title: 'Advice is accepted for a locked page.',
    source: 'own',
    requirement: 'advise.locked',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          override advise(process: Process, index: number, advice: Advice): Result {
            super.advise(process, index, advice);
            return 'ok';
          }
        },
    },
    witness: [map(0, 0), lock(0, 0), advise(0, 0, 'cold')],
  },
];
