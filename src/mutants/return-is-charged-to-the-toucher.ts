import { profilesFrom } from '../../spec/profiles/profile.ts';
import { pfnOf } from '../kernel/entry.ts';
import { NO_GROUP } from '../kernel/page.ts';
import { FAULT_DONE, type FaultResult } from '../kernel/pagemap.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { charge, join, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const returnIsChargedToTheToucher: Mutant = {
  id: 'return-is-charged-to-the-toucher',
  title: 'A page that comes back is charged to the group of whoever touched it.',
  source: 'class (n)',
  primary: 'account.join-leaves',
  earlier: ['account.group'],
  profiles: profilesFrom('linux-6.19'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override deviceFault(process: Process, index: number, entry: number): FaultResult {
          const result = super.deviceFault(process, index, entry);
          const page = this.page(pfnOf(process.entry(index)));
          if (result === FAULT_DONE && page.group !== NO_GROUP) this.recharge(page, process.group);
          return result;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), join(0, 1), load(0, 0), charge(1)],
};
