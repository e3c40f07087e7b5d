import { profilesFrom } from '../../spec/profiles/profile.ts';
import { pfnOf } from '../kernel/entry.ts';
import type { Process } from '../kernel/process.ts';
import type { Mutant } from './mutant.ts';
import { fork, map, store, watch } from '../../spec/vocabulary/shorthand.ts';

export const sharingIsBrokenBeforeTheWatch: Mutant = {
  id: 'sharing-is-broken-before-the-watch',
  title: 'A store to a page that is shared and watched makes a copy, and nobody is told.',
  source: 'own',
  primary: 'watch.traps-store',
  earlier: ['watch.survives'],
  profiles: profilesFrom('linux-5.18'),
  plant: {
    kernel: (base) =>
      class extends base {
        protected override writeFault(process: Process, index: number, entry: number): number {
          const page = this.page(pfnOf(entry));
          const isPrivate = !this.isPermanent(process, index);
          return isPrivate && this.isShared(page)
            ? this.breakSharing(process, index, page)
            : super.writeFault(process, index, entry);
        }
      },
  },
  directed: [map(0, 0), store(0, 0, 1), fork(0, 1), watch(0, 0, 'write-protect'), store(0, 0, 2)],
};
