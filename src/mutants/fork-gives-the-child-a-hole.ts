import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const forkGivesTheChildAHole: Mutant = {
  id: 'fork-gives-the-child-a-hole',
  title: 'Fork copies present entries only: where the parent has a device entry the child has a hole.',
  source: 'class (b)',
  primary: 'fork.shares',
  earlier: [
    'fault.calls-once',
    'fault.no-needless-call',
    'fault.last-value',
    'failure.sigbus',
    'failure.oom',
    'fork.read-both',
    'fork.isolation',
    'protect.never-upgrades',
    'unmap.releases',
    'migrate.must-skip',
    'migrate.failure-restores',
    'migrate.detach',
    'device.store-place',
    'pin.brings-back',
    'pin.failure',
    'account.charge',
    'robust.at-rest',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override forkDevice(): void {
          // The entry is not present, so there seems to be nothing to copy.
        }
      },
  },
  directed: [map(0, 0, 'read'), toDevice(0, 0), fork(0, 1)],
};
