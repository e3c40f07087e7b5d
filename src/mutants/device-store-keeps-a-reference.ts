import type { Result } from '../../spec/vocabulary/result.ts';
import { pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { deviceStore, map, protect, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const deviceStoreKeepsAReference: Mutant = {
  id: 'device-store-keeps-a-reference',
  title: 'A device store that needed a copy goes on holding the frame that the page has left.',
  source: 'class (d)',
  primary: 'device.store-counts',
  earlier: [
    'count.free-once',
    'count.idle',
    'count.references',
    'failure.poison-releases',
    'fault.calls-once',
    'migrate.detach',
    'migrate.frees-source',
    'migrate.must-skip',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override storeThroughRead(process: Process, index: number, value: number): Result {
          const page = this.kernel.page(pfnOf(process.entry(index)));
          const result = super.storeThroughRead(process, index, value);
          if (result === 'ok') this.kernel.getPage(page);
          return result;
        }
      },
  },
  directed: [map(0, 0, 'read'), toDevice(0, 0), protect(0, 0, 'write'), deviceStore(0, 0, 1)],
};
