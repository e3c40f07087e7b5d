import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isExclusive, pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { load, makeExclusive, map } from '../../spec/vocabulary/shorthand.ts';

export const loadLeavesThePageExclusive: Mutant = {
  id: 'load-leaves-the-page-exclusive',
  title: 'A load reads a page that the device has to itself, and leaves it there.',
  source: 'own',
  primary: 'exclusive.revoked',
  earlier: ['robust.at-rest'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override fault(process: Process, index: number, entry: number, write: boolean): number {
          return isExclusive(entry) && !write ? pfnOf(entry) : super.fault(process, index, entry, write);
        }
      },
  },
  directed: [map(0, 0), makeExclusive(0, 0), load(0, 0)],
};
