import { profilesWith } from '../../spec/profiles/profile.ts';
import { discard, fork, load, map, protect, race, whole } from '../../spec/vocabulary/shorthand.ts';
import { NONE } from '../kernel/entry.ts';
import type { Page } from '../kernel/memory.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './planted-bug.ts';
import { compoundToDevice, compoundToSystem, mapBlock, planted, STORED_FOLIO } from './folio-bug.ts';

/** Planted bugs in races on large folios. */
export const folioRaceMutants: readonly Mutant[] = [
  planted({
    id: 'discard-misses-a-new-whole-entry',
    title:
      'A discard finds its page unpopulated while a migration maps the block by a whole entry: the discard drops the reference of that entry and leaves the entry.',
    requirement: 'race.frame-accounting',
    mutation: {
      kernel: (base) =>
        class extends base {
          protected override entryAfterConcurrent(process: Process, index: number): number {
            this.runConcurrent();
            return process.entry(index);
          }
        },
    },
    witness: [mapBlock(), race(discard(0, 0), compoundToDevice())],
  }),
  planted({
    id: 'late-whole-fault-fails',
    title: 'A fault at a whole entry fails if the large folio has migrated since the entry was read.',
    requirement: 'race.one-order',
    profiles: profilesWith(({ hasLargeFolios, faultLocksPage }) => hasLargeFolios && !faultLocksPage),
    mutation: {
      driver: (base) =>
        class extends base {
          protected override isGone(slot: number, index: number, page: Page): boolean {
            return this.kernel.process(slot).wholeEntry(index) === NONE && super.isGone(slot, index, page);
          }
        },
    },
    witness: [...STORED_FOLIO, race(load(0, 0), compoundToSystem())],
  }),
  planted({
    id: 'protect-of-a-block-lets-a-fork-in',
    title:
      'A protect of a whole block drops its lock between two pages: a concurrent fork copies the new protection of some pages only.',
    requirement: 'protect.enforced',
    mutation: {
      kernel: (base) =>
        class extends base {
          override protectBlock(process: Process, index: number, protection: number): void {
            for (let at = 0; at < this.block; at++) this.protect(process, index + at, protection);
          }
        },
    },
    witness: [
      whole(map(0, 0, 'none')),
      race(whole(protect(0, 0, 'read')), fork(0, 1)),
      load(1, 1),
      load(1, 0),
    ],
  }),
];
