import { isDevice, pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, pin, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pinStaysOnTheDevice: Mutant = {
  id: 'pin-stays-on-the-device',
  title: 'A pin takes hold of the device frame.',
  source: 'own',
  primary: 'pin.brings-back',
  earlier: ['failure.oom', 'pin.failure'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override pinnable(process: Process, index: number): number {
          const entry = process.entry(index);
          return isDevice(entry) && this.permits(process, index, true)
            ? pfnOf(entry)
            : super.pinnable(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), pin(0, 0)],
};
