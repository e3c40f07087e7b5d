import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const permissionAfterTheCallback: Mutant = {
  id: 'permission-after-the-callback',
  title: 'The driver is asked for a page before anybody asks whether the process may touch it.',
  source: 'own',
  primary: 'fault.permission-first',
  earlier: ['kernel.access-errors', 'pin.permission', 'populate.failure'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override permits(process: Process, index: number, write: boolean): boolean {
          const allowed = super.permits(process, index, write);
          const entry = process.entry(index);
          if (!allowed && isDevice(entry)) this.deviceFault(process, index, entry);
          return allowed;
        }
      },
  },
  directed: [map(0, 0, 'none'), toDevice(0, 0), load(0, 0)],
};
