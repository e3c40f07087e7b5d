import { isDevice, pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { kernelStore, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const kernelStoreGoesToTheFrame: Mutant = {
  id: 'kernel-store-goes-to-the-frame',
  title: 'A kernel store goes to the frame that the page has just left.',
  source: 'own',
  primary: 'kernel.access-lands',
  earlier: [
    'device.load-value',
    'devices.foreign-value',
    'fork.isolation',
    'kernel.peek-value',
    'migrate.transparent',
    'pin.sees-stores',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override kernelTouch(process: Process, index: number, write: boolean): number {
          const entry = process.entry(index);
          const got = super.kernelTouch(process, index, write);
          return got > 0 && write && isDevice(entry) ? pfnOf(entry) : got;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), kernelStore(0, 0, 1), load(0, 0)],
};
