import { isDevice } from '../kernel/entry.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const forkGivesChildWrite: Mutant = {
  id: 'fork-gives-child-write',
  title: 'Fork gives the child a WRITE entry for the page that it shares.',
  source: 'class (b)',
  primary: 'fork.read-both',
  earlier: [
    'account.charge',
    'device.store-place',
    'failure.poison-releases',
    'fault.brings-back',
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
        protected override childEntry(entry: number): number {
          return isDevice(entry) ? entry : super.childEntry(entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1)],
};
