import type { Page } from '../kernel/page.ts';
import { FAULT_OOM, type FaultResult } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const oomPoisons: Mutant = {
  id: 'oom-poisons',
  title: 'A touch that finds no memory for the page poisons the entry.',
  source: 'class (h)',
  primary: 'failure.oom-keeps',
  earlier: [
    'device.store-lands',
    'devices.foreign-access',
    'failure.oom',
    'failure.poison-releases',
    'fault.brings-back',
    'fault.calls-once',
    'fault.extras-optional',
    'migrate.failure-restores',
    'pin.failure',
    'race.entries',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override pageFault(slot: number, index: number, page: Page): FaultResult {
          const result = super.pageFault(slot, index, page);
          if (result === FAULT_OOM) this.kernel.poisonEntry(this.kernel.process(slot), index);
          return result;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('oom'), load(0, 0)],
};
