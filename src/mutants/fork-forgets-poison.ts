import { POISON_ENTRY } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { fork, inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const forkForgetsPoison: Mutant = {
  id: 'fork-forgets-poison',
  title: 'The child of a fork has a hole where its parent has poison, and reads zeros there.',
  source: 'class (b)',
  primary: 'failure.poison-inert',
  earlier: ['failure.poison-lasts', 'robust.at-rest'],
  profiles: ['origin'],
  plant: {
    kernel: (base) =>
      class extends base {
        protected override forkEntry(parent: Process, child: Process, index: number): void {
          if (parent.entry(index) !== POISON_ENTRY) super.forkEntry(parent, child, index);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0), fork(0, 1)],
};
