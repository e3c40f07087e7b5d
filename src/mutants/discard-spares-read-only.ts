import type { Result } from '../../spec/vocabulary/result.ts';
import { MAY_WRITE, type Process } from '../kernel/process.ts';
import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { discard, map, protect, store } from '../../spec/vocabulary/shorthand.ts';

export const discardSparesReadOnly: Mutant = {
  id: 'discard-spares-read-only',
  title: 'A discard leaves the page where its mapping is not writable.',
  source: 'own',
  primary: 'unmap.clears',
  earlier: [
    'account.rss',
    'failure.poison-inert',
    'migrate.hole-is-zero',
    'populate.locked',
    'race.books',
    'race.entries',
    'robust.at-rest',
    'unmap.reads-zero',
    'unmap.releases',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        override discard(process: Process, index: number): Result {
          return process.protection(index) === MAY_WRITE ? super.discard(process, index) : 'ok';
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), protect(0, 0, 'read'), discard(0, 0)],
};
