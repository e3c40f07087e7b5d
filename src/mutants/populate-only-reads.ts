import { EVERY_PROFILE, type Mutant } from './mutant.ts';
import { fork, map, populate, store } from '../../spec/vocabulary/shorthand.ts';

export const populateOnlyReads: Mutant = {
  id: 'populate-only-reads',
  title: 'Populating a writable mapping leaves holes and sharing as they are.',
  source: 'own',
  primary: 'populate.brings-back',
  earlier: [
    'account.charge',
    'account.group',
    'account.limit-holds',
    'fork.isolation',
    'robust.at-rest',
    'unmap.reads-zero',
    'watch.survives',
    'watch.traps-store',
  ],
  profiles: EVERY_PROFILE,
  plant: {
    kernel: (base) =>
      class extends base {
        protected override populatesForWriting(): boolean {
          return false;
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), populate(0, 0)],
};
