import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isAnonymous, type Page } from '../kernel/memory.ts';
import type { KernelMutation } from '../kernel/world.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE } from './planted-bug.ts';

/** A planted bug that no observation distinguishes from correct behaviour, so that no test could catch it. */
export interface EquivalentMutant {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** The reason why no observation distinguishes it. */
  readonly why: string;
  readonly profiles: readonly ProfileName[];
  readonly mutation: KernelMutation;
}

const zeroPageGathersReferences: EquivalentMutant = {
  id: 'zero-page-gathers-references',
  title: 'Each load of an unpopulated page takes a reference to the zero page that is never dropped.',
  source: 'class (d)',
  why: 'The page of zeros is never freed, is no frame, and is charged to nobody: no count of it is shown, and none decides anything.',
  profiles: EVERY_PROFILE,
  mutation: {
    kernel: (base) =>
      class extends base {
        protected override unpopulatedFault(process: Process, index: number, write: boolean): number {
          if (!write) this.getPage(this.page(0));
          return super.unpopulatedFault(process, index, write);
        }
      },
  },
};

const forkHoldsHostMemoryTwice: EquivalentMutant = {
  id: 'fork-holds-host-memory-twice',
  title: 'Fork takes two references to a page of host memory for one entry.',
  source: 'class (d)',
  why: 'Host memory has no callbacks and lasts as long as the case: nothing is ever done at any of its counts.',
  profiles: EVERY_PROFILE,
  mutation: {
    kernel: (base) =>
      class extends base {
        protected override forkPermanent(child: Process, index: number, entry: number, page: Page): void {
          super.forkPermanent(child, index, entry, page);
          if (page.pagemap !== undefined) this.getPage(page);
        }
      },
  },
};

const freedSystemPageIsNotWiped: EquivalentMutant = {
  id: 'freed-system-page-is-not-wiped',
  title: 'A page of system memory keeps its content when it is freed.',
  source: 'class (s)',
  why: 'Whoever takes it next fills all of it before anybody can look: a hole with zeros, a copy with the original. Only together with another bug would it be seen.',
  profiles: EVERY_PROFILE,
  mutation: {
    kernel: (base) =>
      class extends base {
        protected override freeSystemPage(page: Page): void {
          const { first, last } = page;
          super.freeSystemPage(page);
          page.first = first;
          page.last = last;
        }
      },
  },
};

const adviceMarksPagesOfTheDevice: EquivalentMutant = {
  id: 'advice-marks-pages-of-the-device',
  title: 'MADV_FREE marks a device page lazy-free, although device pages are never dropped.',
  source: 'C-43',
  why: 'The mark stays with the frame: it is not taken along by a migration, dropping passes over device entries, and it is wiped when the frame is freed.',
  profiles: EVERY_PROFILE,
  mutation: {
    kernel: (base) =>
      class extends base {
        protected override moveIdentity(from: Page, to: Page): void {
          super.moveIdentity(from, to);
          to.lazyFree = to.pagemap !== undefined && isAnonymous(to);
        }
      },
  },
};

const refusedAccessIsTriedTwice: EquivalentMutant = {
  id: 'refused-touch-is-tried-twice',
  title: 'An access that returns SIGSEGV is retried once before the signal is sent.',
  source: 'class (p)',
  why: 'Permission comes first: a touch that was refused for want of it changes nothing and calls nothing, however often it is tried. A case has no clock.',
  profiles: EVERY_PROFILE,
  mutation: {
    kernel: (base) =>
      class extends base {
        override load(process: Process, index: number): Result {
          const result = super.load(process, index);
          return result === 'SIGSEGV' ? super.load(process, index) : result;
        }
      },
  },
};

export const EQUIVALENT_MUTANTS: readonly EquivalentMutant[] = [
  zeroPageGathersReferences,
  forkHoldsHostMemoryTwice,
  freedSystemPageIsNotWiped,
  adviceMarksPagesOfTheDevice,
  refusedAccessIsTriedTwice,
];
