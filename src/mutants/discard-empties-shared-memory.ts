import type { Result } from '../../spec/vocabulary/result.ts';
import { SHARED_VMA, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { discard, map } from '../../spec/vocabulary/shorthand.ts';

export const discardEmptiesSharedMemory: Mutant = {
  id: 'discard-empties-shared-memory',
  title: 'After a discard a shared page is a private one of zeros.',
  source: 'own',
  primary: 'types.shared-stays',
  earlier: ['account.rss', 'race.entries', 'robust.at-rest', 'types.shared-value'],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override discard(process: Process, index: number): Result {
          const result = super.discard(process, index);
          if (result === 'ok' && process.kind(index) === SHARED_VMA) this.zapEntry(process, index);
          return result;
        }
      },
  },
  directed: [map(0, 0, 'write', 'shared'), discard(0, 0)],
};
