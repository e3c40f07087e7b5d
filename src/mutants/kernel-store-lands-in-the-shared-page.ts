import { isPresent, isWatched, pfnOf } from '../kernel/entry.ts';
import { isAnonymous } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, kernelStore, map, store } from '../../spec/vocabulary/shorthand.ts';

export const kernelStoreLandsInTheSharedPage: Mutant = {
  id: 'kernel-store-lands-in-the-shared-page',
  title: 'A kernel store does not break the sharing of the page that it writes to.',
  source: 'class (c)',
  primary: 'fork.isolation',
  earlier: [
    'account.charge',
    'account.limit-holds',
    'advise.keeps-content',
    'kernel.peek-value',
    'robust.at-rest',
    'track.store',
    'track.survives',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override kernelTouch(process: Process, index: number, write: boolean): number {
          const entry = process.entry(index);
          const goesThrough =
            write && this.permits(process, index, true) && isPresent(entry) && !isWatched(entry);
          return goesThrough && isAnonymous(this.page(pfnOf(entry)))
            ? pfnOf(entry)
            : super.kernelTouch(process, index, write);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), kernelStore(0, 0, 2)],
};
