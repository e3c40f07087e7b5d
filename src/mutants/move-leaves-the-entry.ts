import { isDevice } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, move, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const moveLeavesTheEntry: Mutant = {
  id: 'move-leaves-the-entry',
  title: 'The entry stays in the old page table, too, where nothing is mapped any more.',
  source: 'class (b)',
  primary: 'move.entry',
  earlier: [
    'count.free-unmapped',
    'count.never-zero',
    'fault.brings-back',
    'fault.no-needless-call',
    'migrate.evict-all',
    'migrate.failure-restores',
    'migrate.must-skip',
    'move.keep',
    'move.value',
    'query.smaps',
    'robust.answers',
    'robust.at-rest',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override move(process: Process, index: number, to: number, keep: boolean): void {
          const entry = process.entry(index);
          super.move(process, index, to, keep);
          if (isDevice(entry)) process.entries[index] = entry;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), move(0, 0, 1)],
};
