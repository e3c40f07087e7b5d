import { fillPage, isAnonymous, type Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, populate } from '../../spec/vocabulary/shorthand.ts';

export const copyOfAFileBeginsEmpty: Mutant = {
  id: 'copy-of-a-file-begins-empty',
  title: 'What is copied from a file for a store to come is a page of zeros.',
  source: 'class (s)',
  primary: 'types.file-copy',
  earlier: [
    'device.load-value',
    'fault.last-value',
    'fork.isolation',
    'fork.pin-stays',
    'kernel.access-returns',
    'kernel.peek-value',
    'pin.sees-stores',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override breakSharing(process: Process, index: number, old: Page): number {
          const pfn = super.breakSharing(process, index, old);
          if (pfn > 0 && !isAnonymous(old)) fillPage(this.page(pfn), 0);
          return pfn;
        }
      },
  },
  directed: [map(0, 0, 'write', 'file'), populate(0, 0), load(0, 0)],
};
