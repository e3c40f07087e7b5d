import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice } from './steps.ts';

export const forkGivesTheChildAHole: Mutant = {
 id: 'fork-gives-the-child-a-hole',
 title: 'Fork copies present entries only: where the parent has a device entry the child has a hole.',
 source: 'class (b)',
 primary: 'fork.shares',
 earlier: [],
 profiles: EVERY_PROFILE,
 plant: { kernel: (base) =>
 class extends base {
protected override forkDevice(): void {
    // The entry is not present, so there seems to be nothing to copy.
  }
 } },
 directed: [map(0, 0, 'read'), toDevice(0, 0), fork(0, 1)],
};
