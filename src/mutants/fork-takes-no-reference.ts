import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice } from './steps.ts';

export const forkTakesNoReference: Mutant = {
 id: 'fork-takes-no-reference',
 title: "The child's device entry holds no reference to its frame.",
 source: 'class (d)',
 primary: 'fork.counts',
 earlier: [],
 profiles: EVERY_PROFILE,
 plant: { kernel: (base) =>
 class extends base {
protected override shareWithChild(child: Process, index: number, page: Page): void {
    super.shareWithChild(child, index, page);
    if (page.pagemap !== undefined) this.dropReference(page);
  }
 } },
 directed: [map(0, 0), toDevice(0, 0), fork(0, 1)],
};
