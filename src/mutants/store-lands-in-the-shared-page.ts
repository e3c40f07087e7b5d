import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, load, map, store } from '../../spec/vocabulary/shorthand.ts';

export const storeLandsInTheSharedPage: Mutant = {
  id: 'store-lands-in-the-shared-page',
  title: 'A store that broke the sharing goes to the page that the others kept.',
  source: 'class (c)',
  primary: 'fork.isolation',
  earlier: [
    'account.charge',
    'account.limit-holds',
    'device.load-value',
    'fault.last-value',
    'fork.pin-stays',
    'pin.stays-put',
    'query.sole-mapper',
    'types.file-copy',
    'types.file-stays',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override breakSharing(process: Process, index: number, old: Page): number {
          super.breakSharing(process, index, old);
          return old.pfn;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), store(0, 0, 2), load(1, 0)],
};
