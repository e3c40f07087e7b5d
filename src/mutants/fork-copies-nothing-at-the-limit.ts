import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { fork, limit, map, pin } from '../../spec/vocabulary/shorthand.ts';

export const forkCopiesNothingAtTheLimit: Mutant = {
  id: 'fork-copies-nothing-at-the-limit',
  title:
    'The child of a fork gets a hole where it should have a copy of a pinned page, if its group may not be charged for one more.',
  source: 'class (h)',
  primary: 'robust.at-rest',
  earlier: ['kernel.peek-value'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override forkCopy(child: Process, index: number, entry: number, page: Page): void {
          if (this.mayCharge(child.group)) super.forkCopy(child, index, entry, page);
        }
      },
  },
  directed: [map(0, 0), pin(0, 0), limit(0), fork(0, 1)],
};
