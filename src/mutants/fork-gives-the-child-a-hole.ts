import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const forkGivesTheChildAHole: Mutant = {
  id: 'fork-gives-the-child-a-hole',
  title: 'Fork copies present entries only: where the parent has a device entry the child has a hole.',
  source: 'class (b)',
  primary: 'fork.shares',
  earlier: [
    'account.charge',
    'device.store-place',
    'devices.foreign-skipped',
    'failure.oom',
    'failure.sigbus',
    'fault.calls-once',
    'fault.last-value',
    'fault.no-needless-call',
    'fork.isolation',
    'fork.read-both',
    'migrate.detach',
    'migrate.failure-restores',
    'migrate.must-skip',
    'pin.brings-back',
    'pin.failure',
    'populate.brings-back',
    'protect.never-upgrades',
    'robust.at-rest',
    'unmap.releases',
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
