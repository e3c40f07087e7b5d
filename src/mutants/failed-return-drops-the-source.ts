import type { Page } from '../kernel/page.ts';
import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Mutant } from './mutant.ts';
import { inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/**
 * The destination was filled in before the copy and not taken back after its failure, so that the end of the
 * migration believed that the source had been replaced.
 */
export const failedReturnDropsTheSource: Mutant = {
  id: 'failed-return-drops-the-source',
  title: 'When a page could not be copied back, its migration entry stays and the source is dropped.',
  source: 'C-54',
  primary: 'failure.nothing-lost',
  earlier: [
    'count.free-once',
    'device.store-place',
    'failure.oom',
    'failure.oom-keeps',
    'fault.brings-back',
    'fault.calls-once',
    'fault.extras-optional',
    'migrate.detach',
    'migrate.evict-all',
    'migrate.frees-source',
    'race.books',
    'robust.at-rest',
  ],
  profiles: profilesFrom('linux-4.14'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override finishSkipped(old: Page): void {
          if (old.pagemap === undefined) super.finishSkipped(old);
          else this.putPage(old);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)],
};
