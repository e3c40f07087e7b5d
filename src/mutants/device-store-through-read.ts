import type { Result } from '../../spec/vocabulary/result.ts';
import { pfnOf } from '../kernel/entry.ts';
import { fillPage } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { deviceStore, map, protect, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const deviceStoreThroughRead: Mutant = {
  id: 'device-store-through-read',
  title: 'A device store through a READ entry writes to the shared page.',
  source: 'class (c)',
  primary: 'device.store-place',
  earlier: [
    'account.charge',
    'fault.brings-back',
    'fault.last-value',
    'fault.no-needless-call',
    'fork.isolation',
    'fork.pin-stays',
    'migrate.must-skip',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override storeThroughRead(process: Process, index: number, value: number): Result {
          fillPage(this.kernel.page(pfnOf(process.entry(index))), value);
          return 'ok';
        }
      },
  },
  directed: [map(0, 0, 'read'), toDevice(0, 0), protect(0, 0, 'write'), deviceStore(0, 0, 1)],
};
