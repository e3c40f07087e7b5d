import { isDevice, writable } from '../kernel/entry.ts';
import { MAY_WRITE } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, protect, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const protectUpgrades: Mutant = {
  id: 'protect-upgrades',
  title: 'A protection that permits writing turns READ entries to WRITE, shared or not.',
  source: 'class (c)',
  primary: 'protect.never-upgrades',
  earlier: ['account.charge', 'device.store-place', 'fault.no-needless-call', 'fork.isolation'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override protectedEntry(entry: number, protection: number): number {
          if (isDevice(entry) && protection === MAY_WRITE) return writable(entry);
          return super.protectedEntry(entry, protection);
        }
      },
  },
  directed: [map(0, 0, 'read'), toDevice(0, 0), protect(0, 0, 'write')],
};
