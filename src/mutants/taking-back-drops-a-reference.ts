import { profilesFrom } from '../../spec/profiles/profile.ts';
import { pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { load, makeExclusive, map, unmap } from '../../spec/vocabulary/shorthand.ts';

/** It waited for the lock of a page that it did not hold. */
export const takingBackDropsAReference: Mutant = {
  id: 'taking-back-drops-a-reference',
  title: 'Taking a page back from the device gives up a reference to it that was never taken.',
  source: 'C-38',
  primary: 'account.charge',
  earlier: ['account.limit-holds', 'pin.stays-put'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override restoreExclusive(process: Process, index: number, entry: number): void {
          super.restoreExclusive(process, index, entry);
          this.dropReference(this.page(pfnOf(entry)));
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), load(0, 0), unmap(0, 0)],
};
