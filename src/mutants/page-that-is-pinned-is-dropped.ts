import { isWatched } from '../kernel/entry.ts';
import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { advise, map, pin } from '../../spec/vocabulary/shorthand.ts';

export const pageThatIsPinnedIsDropped: Mutant = {
  id: 'page-that-is-pinned-is-dropped',
  title: 'Paging out drops a page that somebody has pinned.',
  source: 'own',
  primary: 'advise.keeps-content',
  earlier: [
    'account.charge',
    'device.load-value',
    'fault.last-value',
    'fork.isolation',
    'migrate.transparent',
    'pin.stays-put',
    'robust.at-rest',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override mayDrop(process: Process, index: number, page: Page): boolean {
          return page.lazyFree && !isWatched(process.entry(index));
        }
      },
  },
  directed: [map(0, 0), pin(0, 0), advise(0, 0, 'free'), advise(0, 0, 'page-out')],
};
