import { isPresent } from '../kernel/entry.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { map, residency, toDevice } from '../../spec/vocabulary/shorthand.ts';

export const devicePagesAreNotInCore: Mutant = {
  id: 'device-pages-are-not-in-core',
  title: 'Residency is told of present entries only.',
  source: 'class (q)',
  primary: 'query.residency',
  earlier: [],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override isResident(entry: number): boolean {
          return isPresent(entry);
        }
      },
  },
  directed: [map(0, 0), toDevice(0, 0), residency(0, 0)],
};
