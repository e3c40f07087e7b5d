import { pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { advise, map, store } from '../../spec/vocabulary/shorthand.ts';

export const pageGivenAwayIsDroppedAfterAStore: Mutant = {
  id: 'page-given-away-is-dropped-after-a-store',
  title: 'A page that was advised free is dropped, though it was stored to since.',
  source: 'class (m)',
  primary: 'advise.keeps-content',
  earlier: ['account.group', 'device.permission', 'fork.isolation', 'robust.at-rest'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override noteStore(process: Process, index: number): void {
          const page = this.page(pfnOf(process.entry(index)));
          const { lazyFree } = page;
          super.noteStore(process, index);
          page.lazyFree = lazyFree;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), advise(0, 0, 'free'), store(0, 0, 2), advise(0, 0, 'page-out')],
};
