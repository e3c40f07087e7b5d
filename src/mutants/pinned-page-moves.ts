import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, pin, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const pinnedPageMoves: Mutant = {
  id: 'pinned-page-moves',
  title: 'A pinned page is migrated like any other.',
  source: 'own',
  primary: 'pin.stays-put',
  earlier: ['migrate.failure-restores', 'race.one-order'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override mayMove(): boolean {
          return true;
        }
      },
  },
  directed: [map(0, 0), pin(0, 0), toDevice(0, 0)],
};
