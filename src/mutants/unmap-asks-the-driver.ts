import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';

export const unmapAsksTheDriver: Mutant = {
  id: 'unmap-asks-the-driver',
  title: 'Unmapping a device page asks the driver to bring it back first.',
  source: 'own',
  primary: 'unmap.quiet',
  earlier: ['race.calls'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override zapEntry(process: Process, index: number): void {
          const entry = process.entry(index);
          if (isDevice(entry)) this.deviceFault(process, index, entry);
          super.zapEntry(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), unmap(0, 0)],
};
