import type { Result } from '../../spec/vocabulary/result.ts';
import { HOST_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { deviceStore, mapHost } from '../../spec/vocabulary/shorthand.ts';

export const hostStoreCallsPageFault: Mutant = {
  id: 'host-store-calls-page-fault',
  title: 'A device store to host memory is announced as a fault.',
  source: 'own',
  primary: 'types.host-quiet',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override storeInSystem(process: Process, index: number, value: number): Result {
          if (process.kind(index) === HOST_VMA)
            this.note({ event: 'fault', process: process.slot, page: index, frame: 0 });
          return super.storeInSystem(process, index, value);
        }
      },
  },
  directed: [mapHost(0, 0), deviceStore(0, 0, 1)],
};
