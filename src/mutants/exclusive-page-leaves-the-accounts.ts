import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

export const exclusivePageLeavesTheAccounts: Mutant = {
  id: 'exclusive-page-leaves-the-accounts',
  title: 'A page that a device has to itself is not counted as resident.',
  source: 'class (n)',
  primary: 'account.rss',
  earlier: [],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override makeExclusive(process: Process, index: number): void {
          super.makeExclusive(process, index);
          this.addRss(process, -1);
        }

        protected override restoreExclusive(process: Process, index: number, entry: number): void {
          super.restoreExclusive(process, index, entry);
          this.addRss(process, 1);
        }

        protected override zapExclusive(process: Process, index: number, entry: number): void {
          super.zapExclusive(process, index, entry);
          this.addRss(process, 1);
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0)],
};
