import { profilesFrom, profilesWith } from '../../spec/profiles/profile.ts';
import {
  exit,
  fork,
  inherit,
  kernelStore,
  load,
  map,
  move,
  pin,
  race,
  store,
  toDevice,
  unmap,
  unpin,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, isPresent, isWatched, NONE, pfnOf, presentEntry, readOnly } from '../kernel/entry.ts';
import { copyPage, FAULT_DONE, fillPage, isAnonymous, type Page, readPage } from '../kernel/memory.ts';
import { INHERIT_COPY, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const forkMutants: readonly Mutant[] = [
  {
    id: 'fork-gives-the-child-a-hole',
    title: 'Fork copies present entries only: for a device entry the child gets an unpopulated page.',
    source: 'class (b)',
    requirement: 'fork.shares',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkDevice(): void {
            // The entry is not present, so this code finds nothing to copy.
          }
        },
    },
    witness: [map(0, 0, 'read'), toDevice(0, 0), fork(0, 1)],
  },
  {
    id: 'fork-brings-pages-back',
    title: "Fork migrates the parent's device pages to system memory before it copies their entries.",
    source: 'own',
    requirement: 'fork.no-callbacks',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkDevice(parent: Process, child: Process, index: number, entry: number): void {
            if (this.deviceFault(parent, index, entry) === FAULT_DONE) this.forkEntry(parent, child, index);
            else super.forkDevice(parent, child, index, entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1)],
  },
  {
    id: 'fork-keeps-parent-write',
    title: 'Fork leaves a WRITE entry in the parent.',
    source: 'class (b)',
    requirement: 'fork.read-both',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override parentEntry(entry: number): number {
            return isDevice(entry) ? entry : super.parentEntry(entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1)],
  },
  {
    id: 'fork-gives-child-write',
    title: 'Fork gives the child a WRITE entry for the shared page.',
    source: 'class (b)',
    requirement: 'fork.read-both',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override childEntry(entry: number): number {
            return isDevice(entry) ? entry : super.childEntry(entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1)],
  },
  {
    id: 'fork-takes-no-reference',
    title: "The child's device entry holds no reference to its frame.",
    source: 'class (d)',
    requirement: 'fork.counts',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override shareWithChild(child: Process, index: number, page: Page): void {
            super.shareWithChild(child, index, page);
            if (page.pagemap !== undefined) this.dropReference(page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1)],
  },
  {
    id: 'fork-counts-no-mapping',
    title: "The child's device entry is missing in the map count of its frame.",
    source: 'class (d)',
    requirement: 'fork.counts',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override shareWithChild(child: Process, index: number, page: Page): void {
            super.shareWithChild(child, index, page);
            if (page.pagemap !== undefined) this.removeMap(page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1)],
  },
  {
    id: 'store-lands-in-the-shared-page',
    title: 'After copy-on-write, the store is written to the old page, which the others still map.',
    source: 'class (c)',
    requirement: 'fork.isolation',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override breakSharing(process: Process, index: number, old: Page): number {
            super.breakSharing(process, index, old);
            return old.pfn;
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), store(0, 0, 2), load(1, 0)],
  },
  {
    id: 'kernel-store-lands-in-the-shared-page',
    title: 'A kernel store does not copy the shared page to which it writes.',
    source: 'class (c)',
    requirement: 'fork.isolation',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override kernelAccess(process: Process, index: number, write: boolean): number {
            const entry = process.entry(index);
            const goesThrough =
              write && this.permits(process, index, true) && isPresent(entry) && !isWatched(entry);
            return goesThrough && isAnonymous(this.page(pfnOf(entry)))
              ? pfnOf(entry)
              : super.kernelAccess(process, index, write);
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), fork(0, 1), kernelStore(0, 0, 2)],
  },
  {
    id: 'unmap-empties-every-sharer',
    title: 'Unmapping a device entry clears the entries of all processes that share the page.',
    source: 'own',
    requirement: 'fork.survives',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override zapDevice(process: Process, index: number, entry: number): void {
            super.zapDevice(process, index, entry);
            const page = this.page(pfnOf(entry));
            for (const other of this.processes) {
              const at = this.indexInVma(other, page);
              if (at >= 0) other.entries[at] = NONE;
            }
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), fork(0, 1), unmap(1, 0)],
  },
  /** The pin then sees the stores of a process that never asked for it. */
  {
    id: 'pin-follows-the-writer',
    title:
      'On copy-on-write of a pinned page, the writer keeps the page and the other processes get the copy.',
    source: 'own',
    requirement: 'fork.pin-stays',
    profiles: profilesWith(({ forkCopiesPinned }) => !forkCopiesPinned),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override breakSharing(process: Process, index: number, old: Page): number {
            if (!isAnonymous(old) || !this.isPinned(old)) return super.breakSharing(process, index, old);
            const copy = this.allocPage();
            copyPage(old, copy);
            this.charge(copy, process.group);
            for (const other of this.processes) {
              const at = other === process ? -1 : this.indexInVma(other, old);
              if (at < 0) continue;
              if (copy.maps > 0) this.getPage(copy);
              this.addMap(copy, other.offset(at));
              other.entries[at] = presentEntry(copy.pfn, false);
              this.dropEntryOf(old);
            }
            process.entries[index] = presentEntry(old.pfn, true);
            return old.pfn;
          }
        },
    },
    witness: [map(0, 0), pin(0, 0), fork(0, 1), store(1, 0, 1), unpin()],
  },
  {
    id: 'fork-gives-the-pinned-page-away',
    title: 'Fork gives the pinned page to the child, and the copy to the parent that pinned it.',
    source: 'own',
    requirement: 'fork.pin-stays',
    profiles: profilesWith(({ forkCopiesPinned }) => forkCopiesPinned),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override forkPresent(
            parent: Process,
            child: Process,
            index: number,
            entry: number,
          ): void {
            super.forkPresent(parent, child, index, entry);
            const copied = child.entry(index);
            if (pfnOf(copied) === pfnOf(entry)) return;
            child.entries[index] = readOnly(entry);
            parent.entries[index] = readOnly(copied);
          }
        },
    },
    witness: [map(0, 0), pin(0, 0), fork(0, 1), store(0, 0, 1), unpin()],
  },
  {
    id: 'child-inherits-what-it-must-not',
    title: 'The child of a fork inherits a mapping in spite of MADV_DONTFORK.',
    source: 'own',
    requirement: 'fork.not-inherited',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override passesMapping(): boolean {
            return true;
          }
        },
    },
    witness: [map(0, 0), inherit(0, 0, 'none'), fork(0, 1)],
  },
  {
    id: 'move-forgets-what-children-inherit',
    title: 'A mapping loses its setting of inherit when it is moved.',
    source: 'own',
    requirement: 'fork.not-inherited',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override movedInheritance(): number {
            return INHERIT_COPY;
          }
        },
    },
    witness: [map(0, 0), inherit(0, 0, 'none'), move(0, 0, 1), fork(0, 1)],
  },
  {
    id: 'wiped-mapping-keeps-device-pages',
    title: 'In a mapping set to inherit zero, fork leaves out only present pages: device pages are shared.',
    source: 'class (b)',
    requirement: 'fork.inherited-empty',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override passesPages(parent: Process, index: number): boolean {
            return isDevice(parent.entry(index)) || super.passesPages(parent, index);
          }
        },
    },
    witness: [map(0, 0), inherit(0, 0, 'zero'), toDevice(0, 0), fork(0, 1)],
  },
  {
    id: 'grandchild-inherits-what-its-parent-did-not',
    title:
      'A mapping set to inherit zero loses this setting in the child: its own children inherit its pages.',
    source: 'own',
    requirement: 'fork.inherited-empty',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override childInheritance(): number {
            return INHERIT_COPY;
          }
        },
    },
    witness: [map(0, 0), inherit(0, 0, 'zero'), fork(0, 1), store(1, 0, 1), exit(0), fork(1, 0)],
  },
  {
    id: 'fork-wipes-the-parent',
    title: 'In a mapping set to inherit zero, fork also clears the entries of the parent.',
    source: 'own',
    requirement: 'fork.parent-keeps',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override passesPages(parent: Process, index: number): boolean {
            const passes = super.passesPages(parent, index);
            if (!passes) this.zapEntry(parent, index);
            return passes;
          }
        },
    },
    witness: [map(0, 0), inherit(0, 0, 'zero'), store(0, 0, 1), fork(0, 1)],
  },
  {
    id: 'fork-shares-the-pinned-page',
    title:
      'Fork shares a pinned page copy-on-write: the first store of the parent gets another page than the pin.',
    source: 'Linux 70e806e4e645 (v5.9)',
    requirement: 'fork.pin-stays',
    profiles: profilesWith(({ forkCopiesPinned }) => forkCopiesPinned),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override copiesAtFork(): boolean {
            return false;
          }
        },
    },
    witness: [map(0, 0), pin(0, 0), fork(0, 1)],
  },
  /**
   * From 5.18 on, the child of a fork gets a copy of a page that a kernel access holds: only the parent's page may be
   * stored to.
   */
  {
    id: 'kernel-store-reaches-the-copy-of-a-fork',
    title: 'A kernel store that runs during a fork is written to the page of the child, too.',
    source: 'own',
    requirement: 'fork.isolation',
    profiles: profilesFrom('linux-5.18'),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override racingStore(page: Page, value: number): void {
            const [before, { index }] = [readPage(page), page];
            super.racingStore(page, value);
            for (const process of this.processes) {
              const entry = process.entry(index);
              if (!isPresent(entry)) continue;
              const copy = this.page(pfnOf(entry));
              if (copy !== page && readPage(copy) === before) fillPage(copy, value);
            }
          }
        },
    },
    witness: [map(0, 0), store(0, 0, 1), race(kernelStore(0, 0, 2), fork(0, 1)), load(1, 0)],
  },
];
