import { profilesWith } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  attach,
  detach,
  hotAdd,
  inject,
  load,
  map,
  move,
  toDevice,
  toSystem,
  unmap,
} from '../../spec/vocabulary/shorthand.ts';
import { isDevice, pfnOf } from '../kernel/entry.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import type { DevPagemap, FaultResult, Page } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './planted-bug.ts';

export const countMutants: readonly Mutant[] = [
  /**
   * At rest, releasing the idle reference and getting it again immediately is invisible, but a reader in between treats
   * the frame as a free system page.
   */
  {
    id: 'free-dips-to-zero',
    title: 'The reference count of a frame that is freed is zero for a moment.',
    source: 'own',
    requirement: 'count.never-zero',
    profiles: profilesWith(
      ({ idleCount, entryAllocatesIdleReference }) => idleCount === 1 && !entryAllocatesIdleReference,
    ),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override callPageFree(page: Page, pagemap: DevPagemap): void {
            this.dropReference(page);
            this.getPage(page);
            super.callPageFree(page, pagemap);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'attach-takes-a-reference',
    title: 'Attaching the device takes a reference to its first frame that is never dropped.',
    source: 'class (d)',
    requirement: 'count.idle',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override attach(): Result {
            const result = super.attach();
            const [page] = this.frames;
            if (result === 'ok' && page !== undefined) this.kernel.getPage(page);
            return result;
          }
        },
    },
    witness: [detach, attach],
  },
  /**
   * The page stays where it is and its content is unchanged, but it has a reference without an owner, so it is never
   * free again.
   */
  {
    id: 'skip-keeps-its-reference',
    title: 'A page whose migration fails keeps the reference that the migration took.',
    source: 'class (d)',
    requirement: 'count.references',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override finishSkipped(old: Page): void {
            this.replaceMigrationEntries(old, old);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), inject('sigbus'), toSystem(0, 0)],
  },
  {
    id: 'freed-frame-counts-zero',
    title: 'A freed frame does not get its idle reference back.',
    source: 'C-20',
    requirement: 'count.references',
    profiles: profilesWith(({ entryAllocatesIdleReference }) => entryAllocatesIdleReference),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override freeDevicePage(page: Page, pagemap: DevPagemap): void {
            super.freeDevicePage(page, pagemap);
            page.refs = this.freeCount;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'move-takes-a-reference',
    title: 'A moved entry takes a reference at the new address, and that of the old address is not dropped.',
    source: 'class (d)',
    requirement: 'count.references',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override moveEntry(process: Process, index: number, to: number): void {
            const entry = process.entry(index);
            super.moveEntry(process, index, to);
            if (isDevice(entry)) this.getPage(this.page(pfnOf(entry)));
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), move(0, 0, 1)],
  },
  {
    id: 'taken-frame-gets-a-second-reference',
    title: 'An allocated frame has one reference more than its idle reference.',
    source: 'class (d)',
    requirement: 'count.references',
    profiles: profilesWith(({ entryAllocatesIdleReference }) => entryAllocatesIdleReference),
    mutation: {
      driver: (base) =>
        class extends base {
          protected override allocateFrame(): Page | undefined {
            const page = super.allocateFrame();
            if (page !== undefined) this.kernel.getPage(page);
            return page;
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0)],
  },
  {
    id: 'filled-hole-is-not-counted',
    title: 'The entry of an unpopulated page that migrates is missing in the map count of its frame.',
    source: 'class (d)',
    requirement: 'count.mappings',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override insertPage(batch: MigrateBatch, i: number, page: Page): void {
            super.insertPage(batch, i, page);
            if (batch.isMigrating(i)) this.removeMap(page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0)],
  },
  /** The driver then has the frame twice in its free list, and allocates it to two owners. */
  {
    id: 'page-free-twice',
    title: 'page_free is called twice for each frame that is freed.',
    source: 'class (e)',
    requirement: 'count.free-once',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override callPageFree(page: Page, pagemap: DevPagemap): void {
            super.callPageFree(page, pagemap);
            super.callPageFree(page, pagemap);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'fault-keeps-a-reference',
    title: 'The fault path takes a reference to the frame and never drops it: the frame is never freed.',
    source: 'class (d)',
    requirement: 'count.free-once',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override deviceFault(process: Process, index: number, entry: number): FaultResult {
            this.getPage(this.page(pfnOf(entry)));
            return super.deviceFault(process, index, entry);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'freed-while-mapped',
    title:
      'An unmapped entry drops its reference before its mapping: page_free is called for a frame that still counts as mapped.',
    source: 'class (e)',
    requirement: 'count.free-unmapped',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override dropEntryOf(page: Page): void {
            this.putPage(page);
            this.removeMap(page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), unmap(0, 0)],
  },
  /** The migration's own reference is then the last one: its release frees a frame that has just been mapped. */
  {
    id: 'filled-hole-takes-no-reference',
    title:
      'The entry of an unpopulated page that migrates holds no reference: its frame is freed while it is mapped.',
    source: 'class (d)',
    requirement: 'count.free-unmapped',
    profiles: EVERY_PROFILE,
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override insertPage(batch: MigrateBatch, i: number, page: Page): void {
            super.insertPage(batch, i, page);
            if (batch.isMigrating(i)) this.dropReference(page);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0)],
  },
  {
    id: 'reference-is-back-before-the-callback',
    title: 'A frame gets its idle reference back before page_free is called, not after.',
    source: 'class (e)',
    requirement: 'count.free-unmapped',
    profiles: profilesWith(({ entryAllocatesIdleReference }) => entryAllocatesIdleReference),
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override callPageFree(page: Page, pagemap: DevPagemap): void {
            page.refs = this.profile.idleCount;
            super.callPageFree(page, pagemap);
          }
        },
    },
    witness: [map(0, 0), toDevice(0, 0), load(0, 0)],
  },
  {
    id: 'driver-takes-a-frame-in-use',
    title: 'The driver allocates a frame that is mapped already, if there is one.',
    source: 'own',
    requirement: 'count.one-object',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          protected override allocateFrame(): Page | undefined {
            const used = this.frames.find((page) => page.maps > 0);
            if (used === undefined) return super.allocateFrame();
            this.note({ event: 'alloc', frame: used.data });
            this.kernel.getPage(used);
            return used;
          }
        },
    },
    witness: [map(0, 0), map(0, 1), toDevice(0, 0), toDevice(0, 1)],
  },
  {
    id: 'refused-memory-starts-the-frames-anew',
    title:
      'Adding memory fails only after the frames of the device were initialized again: frames in use are allocated a second time.',
    source: 'class (h)',
    requirement: 'count.one-object',
    profiles: EVERY_PROFILE,
    mutation: {
      driver: (base) =>
        class extends base {
          override addMemory(): Result {
            this.startFrames();
            return super.addMemory();
          }
        },
    },
    witness: [map(0, 0), map(0, 1), toDevice(0, 0), hotAdd, toDevice(0, 1)],
  },
];
