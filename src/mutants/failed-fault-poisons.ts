import type { Process } from '../kernel/process.ts';
import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Mutant } from './mutant.ts';
import { inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

/** What the origin asks for is wrong in later versions. */
export const failedFaultPoisons: Mutant = {
  id: 'failed-fault-poisons',
  title: 'A failed fault loses the page for good where the next touch should ask again.',
  source: 'own',
  primary: 'failure.nothing-lost',
  earlier: [
    'count.free-once',
    'device.permission',
    'failure.oom',
    'failure.sigbus',
    'fault.brings-back',
    'fault.calls-once',
    'migrate.failure-restores',
    'pin.brings-back',
    'race.one-order',
    'robust.at-rest',
    'unmap.releases',
  ],
  profiles: profilesFrom('linux-4.14'),
  plant: {
    driver: (base) =>
      class extends base {
        protected override lose(process: Process, index: number): void {
          this.kernel.poisonEntry(process, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0)],
};
