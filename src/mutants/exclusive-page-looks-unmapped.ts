import { profilesFrom } from '../../spec/profiles/profile.ts';
import { pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { fork, makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

export const exclusivePageLooksUnmapped: Mutant = {
  id: 'exclusive-page-looks-unmapped',
  title:
    'An exclusive entry does not count as a mapping of its page, nor does the present one that follows it.',
  source: 'C-39',
  primary: 'account.charge',
  earlier: ['account.join-moves', 'account.limit-holds', 'unmap.reads-zero'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override makeExclusive(process: Process, index: number): void {
          super.makeExclusive(process, index);
          this.removeMap(this.page(pfnOf(process.entry(index))));
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), fork(0, 1)],
};
