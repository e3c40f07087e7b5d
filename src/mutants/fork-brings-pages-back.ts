import { FAULT_DONE } from '../kernel/pagemap.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const forkBringsPagesBack: Mutant = {
  id: 'fork-brings-pages-back',
  title: "Fork brings the parent's device pages back before it copies their entries.",
  source: 'own',
  primary: 'fork.quiet',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override forkDevice(parent: Process, child: Process, index: number, entry: number): void {
          if (this.deviceFault(parent, index, entry) === FAULT_DONE) this.forkEntry(parent, child, index);
          else super.forkDevice(parent, child, index, entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1)],
};
