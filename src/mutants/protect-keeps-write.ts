import { isDevice } from '../kernel/entry.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, protect, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const protectKeepsWrite: Mutant = {
  id: 'protect-keeps-write',
  title: 'A change of protection leaves WRITE entries as they are.',
  source: 'own',
  primary: 'protect.downgrades',
  earlier: ['device.store-place', 'protect.never-upgrades'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override protectedEntry(entry: number, protection: number): number {
          return isDevice(entry) ? entry : super.protectedEntry(entry, protection);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), protect(0, 0, 'read')],
};
