import { isDevice, pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const loadReadsTheFrame: Mutant = {
  id: 'load-reads-the-frame',
  title: 'A load takes a device entry for a present one and reads the frame itself.',
  source: 'class (q)',
  primary: 'fault.never-direct',
  earlier: [
    'devices.foreign-access',
    'failure.oom',
    'failure.sigbus',
    'fault.calls-once',
    'kernel.access-returns',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override fault(process: Process, index: number, entry: number, write: boolean): number {
          return isDevice(entry) && !write ? pfnOf(entry) : super.fault(process, index, entry, write);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), load(0, 0)],
};
