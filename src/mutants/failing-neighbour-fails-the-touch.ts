import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { FAULT_DONE, type FaultResult } from '../kernel/pagemap.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { inject, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const failingNeighbourFailsTheTouch: Mutant = {
  id: 'failing-neighbour-fails-the-touch',
  title: 'A touch fails because a page that was to come along could not.',
  source: 'own',
  primary: 'fault.extras-optional',
  earlier: [
    'account.limit-spares-return',
    'fault.brings-back',
    'kernel.access-returns',
    'pin.brings-back',
    'populate.brings-back',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override bringExtras(batch: MigrateBatch, wanted: number): FaultResult {
          let worst: FaultResult = FAULT_DONE;
          for (let i = 0; i < batch.count; i++) {
            if (i === wanted || !batch.isMigrating(i)) continue;
            const result = this.bringBack(batch, i);
            if (result !== FAULT_DONE) worst = result;
          }
          return worst;
        }
      },
  },
  directed: [
    map(0, 0),
    map(0, 1),
    toDevice(0, 0, 2),
    inject('sigbus', 1, { process: 0, page: 1 }),
    load(0, 0),
  ],
};
