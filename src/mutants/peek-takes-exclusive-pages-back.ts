import { profilesFrom } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isExclusive } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { makeExclusive, map, peek } from '../../spec/vocabulary/shorthand.ts';

export const peekTakesExclusivePagesBack: Mutant = {
  id: 'peek-takes-exclusive-pages-back',
  title: 'An access that must not fault takes back the page that a device has to itself.',
  source: 'own',
  primary: 'robust.at-rest',
  earlier: ['exclusive.exchange'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override peek(process: Process, index: number): Result {
          const entry = process.entry(index);
          if (isExclusive(entry) && this.permits(process, index, false))
            this.restoreExclusive(process, index, entry);
          return super.peek(process, index);
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), peek(0, 0)],
};
