import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const forkTakesNoReference: Mutant = {
  id: 'fork-takes-no-reference',
  title: "The child's device entry holds no reference to its frame.",
  source: 'class (d)',
  primary: 'fork.counts',
  earlier: [
    'count.never-zero',
    'count.idle',
    'count.references',
    'count.free-unmapped',
    'fault.brings-back',
    'fault.calls-once',
    'fault.last-value',
    'failure.poison-releases',
    'failure.nothing-lost',
    'failure.oom-keeps',
    'fork.isolation',
    'fork.pin-stays',
    'migrate.frees-source',
    'migrate.detach',
    'device.store-lands',
    'pin.brings-back',
    'robust.at-rest',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override shareWithChild(child: Process, index: number, page: Page): void {
          super.shareWithChild(child, index, page);
          if (page.pagemap !== undefined) this.dropReference(page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1)],
};
