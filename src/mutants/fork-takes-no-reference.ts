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
    'count.free-once',
    'count.free-unmapped',
    'count.idle',
    'count.never-zero',
    'count.references',
    'device.permission',
    'device.store-lands',
    'failure.nothing-lost',
    'failure.oom-keeps',
    'failure.poison-releases',
    'fault.brings-back',
    'fault.calls-once',
    'fault.last-value',
    'fork.isolation',
    'fork.pin-stays',
    'migrate.detach',
    'migrate.frees-source',
    'pin.brings-back',
    'robust.answers',
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
