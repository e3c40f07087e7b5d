import { isDevice } from '../kernel/entry.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const forkKeepsParentWrite: Mutant = {
  id: 'fork-keeps-parent-write',
  title: 'Fork leaves the parent its WRITE entry.',
  source: 'class (b)',
  primary: 'fork.read-both',
  earlier: [
    'account.charge',
    'account.limit-holds',
    'device.store-counts',
    'device.store-place',
    'fault.no-needless-call',
    'fork.isolation',
    'fork.pin-stays',
    'migrate.must-skip',
    'protect.never-upgrades',
    'race.entries',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override parentEntry(entry: number): number {
          return isDevice(entry) ? entry : super.parentEntry(entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1)],
};
