import type { PageOutcome } from '../../spec/vocabulary/result.ts';
import type { MigrateBatch } from '../kernel/migrate-batch.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const answersForTheNextPage: Mutant = {
  id: 'answers-for-the-next-page',
  title: 'The answer for each page of a range is that of the page after it.',
  source: 'class (i)',
  primary: 'migrate.vector',
  earlier: [
    'device.store-counts',
    'failure.oom',
    'failure.poison-inert',
    'fault.calls-once',
    'fault.no-needless-call',
    'migrate.failure-restores',
    'migrate.independent',
    'migrate.moves-all',
    'migrate.must-skip',
    'pin.brings-back',
    'pin.stays-put',
    'race.one-order',
    'robust.at-rest',
    'types.host-stays',
    'types.shared-stays',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    driver: (base) =>
      class extends base {
        protected override outcomes(batch: MigrateBatch): PageOutcome[] {
          const [first, ...others] = super.outcomes(batch);
          return first === undefined ? others : [...others, first];
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0, 2)],
};
