import { profilesFrom } from '../../spec/profiles/profile.ts';
import { isPresent, pfnOf, readOnly } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { map, move, store } from '../../spec/vocabulary/shorthand.ts';

export const keptMappingKeepsThePage: Mutant = {
  id: 'kept-mapping-keeps-the-page',
  title: 'A move that keeps the old mapping leaves the page in it, too.',
  source: 'own',
  primary: 'move.keep',
  earlier: ['fork.isolation'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        override move(process: Process, index: number, to: number, keep: boolean): void {
          super.move(process, index, to, keep);
          const entry = process.entry(to);
          if (!keep || !isPresent(entry)) return;
          this.shareWithChild(process, to, this.page(pfnOf(entry)));
          process.entries[to] = readOnly(entry);
          process.entries[index] = readOnly(entry);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), move(0, 0, 1, true)],
};
