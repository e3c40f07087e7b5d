import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, unmap } from '../../spec/vocabulary/shorthand.ts';

export const unmapLeavesThePermission: Mutant = {
  id: 'unmap-leaves-the-permission',
  title: 'An unmapped page can still be touched.',
  source: 'own',
  primary: 'unmap.then-refused',
  earlier: ['race.one-order'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override unmap(process: Process, index: number): void {
          const protection = process.protection(index);
          super.unmap(process, index);
          process.protections[index] = protection;
        }
      },
  },
  directed: [map(0, 0), unmap(0, 0), load(0, 0)],
};
