import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { load, map, move, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const moveForgetsTheOffset: Mutant = {
  id: 'move-forgets-the-offset',
  title:
    'A mapping that is moved is given the page offset of its new address, and reverse mapping finds nothing of it any more.',
  source: 'own',
  primary: 'fault.brings-back',
  earlier: [
    'account.limit-spares-return',
    'device.store-lands',
    'failure.oom',
    'migrate.evict-all',
    'populate.brings-back',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override movedOffset(_process: Process, _index: number, to: number): number {
          return to;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), move(0, 0, 1), load(0, 1)],
};
