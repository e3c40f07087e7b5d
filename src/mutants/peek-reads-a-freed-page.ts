import type { Result } from '../../spec/vocabulary/result.ts';
import { NONE } from '../kernel/entry.ts';
import { readPage } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { discard, map, peek, store } from '../../spec/vocabulary/shorthand.ts';

export const peekReadsAFreedPage: Mutant = {
  id: 'peek-reads-a-freed-page',
  title: 'An access that must not fault finds at a hole the page that was freed last.',
  source: 'class (s)',
  primary: 'kernel.peek-value',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override peek(process: Process, index: number): Result {
          const value = super.peek(process, index);
          const isHole = process.entry(index) === NONE;
          return isHole && value === 0 ? readPage(this.page(this.freePages.at(-1) ?? 0)) : value;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), discard(0, 0), peek(0, 0)],
};
