import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const faultAroundAsksTheDriver: Mutant = {
  id: 'fault-around-asks-the-driver',
  title: 'Touching a hole asks the driver for the device page beside it.',
  source: 'own',
  primary: 'fault.no-needless-call',
  earlier: ['device.store-place', 'race.calls'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override holeFault(process: Process, index: number, write: boolean): number {
          const beside = index ^ 1;
          const entry = process.entry(beside);
          if (isDevice(entry)) this.deviceFault(process, beside, entry);
          return super.holeFault(process, index, write);
        }
      },
  },
  directed: [map(0, 0), map(0, 1), toDevice(0, 0), load(0, 1)],
};
