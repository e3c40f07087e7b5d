import { NONE } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, protect, store } from '../../spec/vocabulary/shorthand.ts';

export const protectPassesOverHoles: Mutant = {
  id: 'protect-passes-over-holes',
  title: 'A change of protection does nothing where there is no page yet.',
  source: 'own',
  primary: 'protect.enforced',
  earlier: [
    'account.limit-holds',
    'device.permission',
    'device.store-lands',
    'device.store-place',
    'fault.brings-back',
    'fault.calls-once',
    'fault.permission-first',
    'kernel.access-errors',
    'migrate.write-sole',
    'pin.permission',
    'protect.never-upgrades',
    'types.file-stays',
    'unmap.reads-zero',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override protect(process: Process, index: number, protection: number): void {
          if (process.entry(index) !== NONE) super.protect(process, index, protection);
        }
      },
  },
  directed: [map(0, 0), protect(0, 0, 'read'), store(0, 0, 1)],
};
