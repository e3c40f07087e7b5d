import { POISON_ENTRY } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const poisonKeepsTheFrame: Mutant = {
  id: 'poison-keeps-the-frame',
  title: 'A poisoned entry keeps its reference and its mapping of the frame.',
  source: 'class (d)',
  primary: 'failure.poison-releases',
  earlier: [
    'count.references',
    'device.store-lands',
    'failure.oom',
    'fault.brings-back',
    'fault.calls-once',
    'fault.extras-optional',
    'pin.brings-back',
    'unmap.releases',
  ],
  profiles: ['origin'],
  plant: {
    kernel: (base) =>
      class extends base {
        override poisonEntry(process: Process, index: number): void {
          process.entries[index] = POISON_ENTRY;
          this.addRss(process, -1);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)],
};
