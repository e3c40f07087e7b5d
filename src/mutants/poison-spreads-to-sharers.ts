import { pfnOf, POISON_ENTRY } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { fork, inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const poisonSpreadsToSharers: Mutant = {
  id: 'poison-spreads-to-sharers',
  title: 'A failed fault of one process poisons the entries of all processes that share the page.',
  source: 'class (h)',
  primary: 'failure.sharers-keep',
  earlier: [
    'device.permission',
    'device.store-lands',
    'failure.oom',
    'fault.brings-back',
    'fault.calls-once',
    'fault.extras-optional',
    'migrate.detach',
    'pin.brings-back',
    'query.sole-mapper',
    'race.entries',
    'race.one-order',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: ['origin'],
  plant: {
    kernel: (base) =>
      class extends base {
        override poisonEntry(process: Process, index: number): void {
          const page = this.page(pfnOf(process.entry(index)));
          super.poisonEntry(process, index);
          for (const other of this.processes) {
            const at = this.placeOf(other, page);
            if (at >= 0) other.entries[at] = POISON_ENTRY;
          }
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1), inject('sigbus'), load(0, 0)],
};
