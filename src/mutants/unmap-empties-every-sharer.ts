import { NONE, pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';

export const unmapEmptiesEverySharer: Mutant = {
  id: 'unmap-empties-every-sharer',
  title: 'Unmapping a device entry empties the entries of all processes that share the page.',
  source: 'own',
  primary: 'fork.survives',
  earlier: [
    'device.store-place',
    'failure.oom',
    'failure.sigbus',
    'fault.calls-once',
    'fork.isolation',
    'migrate.detach',
    'migrate.must-skip',
    'pin.brings-back',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override zapDevice(process: Process, index: number, entry: number): void {
          super.zapDevice(process, index, entry);
          const page = this.page(pfnOf(entry));
          for (const other of this.processes) {
            const at = this.placeOf(other, page);
            if (at >= 0) other.entries[at] = NONE;
          }
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1), unmap(1, 0)],
};
