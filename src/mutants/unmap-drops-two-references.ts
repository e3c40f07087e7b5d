import { pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';

export const unmapDropsTwoReferences: Mutant = {
  id: 'unmap-drops-two-references',
  title: 'Unmapping one of several entries of a frame gives up two references.',
  source: 'class (d)',
  primary: 'unmap.releases',
  earlier: [
    'count.free-unmapped',
    'count.idle',
    'count.never-zero',
    'count.references',
    'device.store-lands',
    'failure.nothing-lost',
    'fault.brings-back',
    'fault.last-value',
    'fork.isolation',
    'migrate.detach',
    'migrate.frees-source',
    'race.value',
    'robust.at-rest',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override zapDevice(process: Process, index: number, entry: number): void {
          const page = this.page(pfnOf(entry));
          super.zapDevice(process, index, entry);
          if (page.maps > 0) this.dropReference(page);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1), unmap(1, 0)],
};
