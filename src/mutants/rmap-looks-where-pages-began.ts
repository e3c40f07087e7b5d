import type { Page } from '../kernel/page.ts';
import type { Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, load, map, move, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const rmapLooksWherePagesBegan: Mutant = {
  id: 'rmap-looks-where-pages-began',
  title:
    'Reverse mapping looks for the entries of a page at the address at which it was first mapped, and nowhere else.',
  source: 'own',
  primary: 'fault.brings-back',
  earlier: [
    'account.limit-spares-return',
    'failure.oom',
    'migrate.evict-all',
    'pin.brings-back',
    'populate.brings-back',
    'race.one-order',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override placeOf(process: Process, page: Page): number {
          return super.placeOf(process, page) === page.index ? page.index : -1;
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), fork(0, 1), move(1, 0, 1), load(0, 0)],
};
