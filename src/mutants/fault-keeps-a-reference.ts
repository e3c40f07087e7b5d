import { pfnOf } from '../kernel/entry.ts';
import type { FaultResult } from '../kernel/pagemap.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const faultKeepsAReference: Mutant = {
  id: 'fault-keeps-a-reference',
  title:
    'The fault path takes a reference to the frame that it asks the driver for, and forgets it: the frame is never freed.',
  source: 'class (d)',
  primary: 'count.free-once',
  earlier: [
    'count.references',
    'devices.foreign-access',
    'failure.poison-releases',
    'fault.calls-once',
    'fault.never-direct',
    'migrate.detach',
    'migrate.frees-source',
    'migrate.must-skip',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override deviceFault(process: Process, index: number, entry: number): FaultResult {
          this.getPage(this.page(pfnOf(entry)));
          return super.deviceFault(process, index, entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), load(0, 0)],
};
